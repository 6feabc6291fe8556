import {
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  type ObjectLockRetention,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";

import { orAbsent } from "@/api/absent";
import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Moment } from "@/components/date";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

import type { Which } from "./head";
import { RetentionDialog } from "./retention-dialog";

const UNLOCKED = "NoSuchObjectLockConfiguration";

interface Locks {
  retention: ObjectLockRetention | undefined;
  hold: boolean;
}

/** How long a version is kept, and its legal hold, where the bucket has Object Lock. */
export function LocksPanel({ which }: { which: Which }) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const [editing, setEditing] = useState(false);
  const loaded = useLoad<Locks | null>(`${which.Key} ${which.VersionId ?? ""}`, async () => {
    const { Bucket } = which;
    const lockable = await orAbsent(
      async () => (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration,
      "ObjectLockConfigurationNotFoundError",
      undefined,
    );
    if (lockable === undefined) return null;
    const retention = await orAbsent(
      async () => (await s3.send(new GetObjectRetentionCommand(which))).Retention,
      UNLOCKED,
      undefined,
    );
    const hold = await orAbsent(
      async () => (await s3.send(new GetObjectLegalHoldCommand(which))).LegalHold?.Status,
      UNLOCKED,
      undefined,
    );
    return { retention, hold: hold === "ON" };
  });
  const locks = loaded.value;
  const toggleHold = () =>
    run(async () => {
      await s3.send(new PutObjectLegalHoldCommand({ ...which, LegalHold: { Status: locks?.hold ? "OFF" : "ON" } }));
      loaded.reload();
    });
  const retain = async (Retention: ObjectLockRetention, bypass: boolean) => {
    await s3.send(
      new PutObjectRetentionCommand({ ...which, Retention, ...(bypass && { BypassGovernanceRetention: true }) }),
    );
    loaded.reload();
  };
  return (
    <Panel
      title={text("lock.title")}
      description={text("lock.help")}
      loaded={loaded}
      error={error}
      actions={
        locks && (
          <>
            <Button loading={busy} onClick={() => void toggleHold()}>
              {text(locks.hold ? "lock.liftHold" : "lock.setHold")}
            </Button>
            <Button onClick={() => setEditing(true)}>{text("lock.editRetention")}</Button>
          </>
        )
      }
    >
      {(found) =>
        found === null ? (
          <Box color="text-body-secondary">{text("lock.notInBucket")}</Box>
        ) : (
          <>
            <KeyValuePairs
              columns={3}
              items={[
                {
                  label: text("lock.mode"),
                  value: text(
                    found.retention === undefined
                      ? "lock.none"
                      : found.retention.Mode === "COMPLIANCE"
                        ? "lock.compliance"
                        : "lock.governance",
                  ),
                },
                { label: text("lock.until"), value: <Moment at={found.retention?.RetainUntilDate} /> },
                { label: text("lock.hold"), value: text(found.hold ? "lock.on" : "lock.off") },
              ]}
            />
            {editing && (
              <RetentionDialog initial={found.retention} onSave={retain} onClose={() => setEditing(false)} />
            )}
          </>
        )
      }
    </Panel>
  );
}
