import {
  type DefaultRetention,
  GetObjectLockConfigurationCommand,
  type ObjectLockConfiguration,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { orAbsent } from "@/api/absent";
import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Panel } from "@/components/panel";
import { Stack } from "@/components/stack";
import { type Text, useText } from "@/i18n";

import { DefaultRetentionDialog } from "./default-retention-dialog";

function retentionText(text: Text, { Mode, Days, Years }: DefaultRetention): string {
  const mode = text(Mode === "COMPLIANCE" ? "lock.compliance" : "lock.governance");
  return `${mode}, ${Days === undefined ? text("lock.forYears", { years: Years ?? 0 }) : text("lock.forDays", { days: Days })}`;
}

/** Object Lock: once on it stays on; how long new objects are kept may be changed. */
export function ObjectLockPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const [editing, setEditing] = useState(false);
  const loaded = useLoad(Bucket, () =>
    orAbsent<ObjectLockConfiguration | null>(
      async () => (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration ?? null,
      "ObjectLockConfigurationNotFoundError",
      null,
    ),
  );
  const put = async (retention?: DefaultRetention) => {
    const ObjectLockConfiguration: ObjectLockConfiguration = {
      ObjectLockEnabled: "Enabled",
      ...(retention && { Rule: { DefaultRetention: retention } }),
    };
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    loaded.reload();
  };
  const off = loaded.value === null;
  const retention = loaded.value?.Rule?.DefaultRetention;
  return (
    <Panel
      title={text("lock.title")}
      description={text("lock.help")}
      loaded={loaded}
      error={error}
      actions={
        off ? (
          <Button loading={busy} onClick={() => void run(put)}>
            {text("s3.enable")}
          </Button>
        ) : (
          <Button disabled={loaded.value === undefined} onClick={() => setEditing(true)}>
            {text("form.edit")}
          </Button>
        )
      }
    >
      {() => (
        <Stack size="xs">
          <StatusIndicator type={off ? "stopped" : "success"}>{text(off ? "s3.disabled" : "s3.enabled")}</StatusIndicator>
          {off ? (
            <Box color="text-body-secondary">{text("lock.needsVersioning")}</Box>
          ) : (
            <Box>
              {text("lock.default")}: {retention ? retentionText(text, retention) : text("lock.none")}
            </Box>
          )}
          {editing && <DefaultRetentionDialog initial={retention} onSave={put} onClose={() => setEditing(false)} />}
        </Stack>
      )}
    </Panel>
  );
}
