import { PutBucketAbacCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

import { hasAbac } from "./abac";

/** Whether the bucket's tags count in policies. */
export function AbacPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const loaded = useLoad(Bucket, () => hasAbac(s3, Bucket));
  const on = loaded.value ?? false;
  const toggle = () =>
    run(async () => {
      const Status = on ? "Disabled" : "Enabled";
      await s3.send(new PutBucketAbacCommand({ Bucket, AbacStatus: { Status } }));
      loaded.reload();
    });
  return (
    <Panel
      title={text("abac.title")}
      description={text("abac.help")}
      loaded={loaded}
      error={error}
      actions={
        <Button loading={busy} disabled={loaded.value === undefined} onClick={() => void toggle()}>
          {text(on ? "s3.disable" : "s3.enable")}
        </Button>
      }
    >
      {() => <StatusIndicator type={on ? "success" : "stopped"}>{text(on ? "s3.enabled" : "s3.disabled")}</StatusIndicator>}
    </Panel>
  );
}
