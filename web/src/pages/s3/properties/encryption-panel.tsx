import { GetBucketEncryptionCommand } from "@aws-sdk/client-s3";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { orAbsent } from "@/api/absent";
import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

/** How new objects are encrypted: as the server does for all buckets, there is nothing to choose. */
export function EncryptionPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const loaded = useLoad(Bucket, () =>
    orAbsent(
      async () => {
        const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
        return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "";
      },
      "ServerSideEncryptionConfigurationNotFoundError",
      "",
    ),
  );
  return (
    <Panel title={text("s3.encryption")} description={text("s3.encryptionHelp")} loaded={loaded}>
      {(algorithm) =>
        algorithm === "" ? (
          <StatusIndicator type="warning">{text("s3.notEncrypted")}</StatusIndicator>
        ) : (
          <StatusIndicator>{text("s3.encrypted", { algorithm })}</StatusIndicator>
        )
      }
    </Panel>
  );
}
