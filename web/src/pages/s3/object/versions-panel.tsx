import { CopyObjectCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { useText } from "@/i18n";

import { DeleteObjects } from "../objects/delete-objects";
import { EntriesTable } from "../objects/entries-table";
import { EntryName } from "../objects/entry-name";
import { copySource } from "../objects/keys";
import { type Entry, versionsOf } from "../objects/use-objects";

/** The versions of an object: each can be looked at, made the current one, or deleted for good. */
export function VersionsPanel({ bucket: Bucket, objectKey: Key }: { bucket: string; objectKey: string }) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<Entry[]>([]);
  const [deleting, setDeleting] = useState(false);
  const loaded = useLoad(`${Bucket} ${Key}`, () => versionsOf(s3, Bucket, Key));
  const [one] = chosen;
  const done = () => {
    setChosen([]);
    loaded.reload();
  };
  const restore = () =>
    run(async () => {
      await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: copySource(Bucket, Key, one?.version) }));
      done();
    });
  return (
    <>
      <EntriesTable
        title={text("s3.versions")}
        description={text("s3.versionsHelp")}
        loaded={loaded}
        error={error}
        chosen={chosen}
        onChoose={setChosen}
        actions={
          <>
            <Button disabled={chosen.length === 0} onClick={() => setDeleting(true)}>
              {text("delete.button")}
            </Button>
            <Button
              loading={busy}
              disabled={chosen.length !== 1 || (one?.latest ?? false) || (one?.marker ?? false)}
              onClick={() => void restore()}
            >
              {text("s3.restore")}
            </Button>
          </>
        }
        columns={[
          {
            id: "version",
            header: text("s3.version"),
            value: ({ version }) => version,
            cell: (entry) => (
              <EntryName bucket={Bucket} entry={{ ...entry, name: entry.version ?? "" }} versions />
            ),
          },
        ]}
      />
      {deleting && (
        <DeleteObjects bucket={Bucket} entries={chosen} versions onDone={done} onClose={() => setDeleting(false)} />
      )}
    </>
  );
}
