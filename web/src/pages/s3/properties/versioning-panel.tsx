import { type BucketVersioningStatus, GetBucketVersioningCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Panel } from "@/components/panel";
import { type Key, useText } from "@/i18n";

const WORDS: Record<BucketVersioningStatus, Key> = { Enabled: "s3.enabled", Suspended: "s3.suspended" };

/** Whether former versions are kept. Once on it can be suspended, never off again. */
export function VersioningPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const loaded = useLoad(Bucket, async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status ?? null);
  const on = loaded.value === "Enabled";
  const toggle = () =>
    run(async () => {
      const Status = on ? "Suspended" : "Enabled";
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      loaded.reload();
    });
  return (
    <Panel
      title={text("s3.versioning")}
      description={text("s3.versioningHelp")}
      loaded={loaded}
      error={error}
      actions={
        <Button loading={busy} disabled={loaded.value === undefined} onClick={() => void toggle()}>
          {text(on ? "s3.suspend" : "s3.enable")}
        </Button>
      }
    >
      {(status) => (
        <StatusIndicator type={on ? "success" : "stopped"}>
          {text(status === null ? "s3.disabled" : WORDS[status])}
        </StatusIndicator>
      )}
    </Panel>
  );
}
