import type { ObjectIdentifier } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import { useState } from "react";

import { useS3 } from "@/api/s3";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

import { deleteAll, objectsUnder, versionsUnder } from "./keys";
import { type Entry, idOf } from "./use-objects";

const SHOWN = 10;
// The most that DeleteObjects takes (Amazon S3 API).
const BATCH = 1000;

interface Props {
  bucket: string;
  entries: Entry[];
  /** The entries are versions: they go for good, and folders with all versions in them. */
  versions: boolean;
  onDone: () => void;
  onClose: () => void;
}

/** Delete objects or versions, and all that is in folders. */
export function DeleteObjects({ bucket, entries, versions, onDone, onClose }: Props) {
  const text = useText();
  const s3 = useS3();
  const [deleted, setDeleted] = useState(0);
  async function* pages(): AsyncGenerator<ObjectIdentifier[]> {
    const single = entries.filter(({ folder }) => !folder).map(({ key, version }) => ({ Key: key, VersionId: version }));
    for (let first = 0; first < single.length; first += BATCH) yield single.slice(first, first + BATCH);
    for (const { key } of entries.filter(({ folder }) => folder)) {
      yield* (versions ? versionsUnder : objectsUnder)(s3, bucket, key);
    }
  }
  const remove = async () => {
    await deleteAll(s3, bucket, pages(), { onProgress: setDeleted });
    onDone();
  };
  // After a refusal it stays, says why, and can be tried again; some may be deleted nonetheless.
  const giveUp = () => {
    if (deleted > 0) onDone();
    onClose();
  };
  return (
    <Dialog
      title={text("s3.deleteObjects")}
      button={text("delete.button")}
      onSubmit={remove}
      onClose={onClose}
      onCancel={giveUp}
    >
      <Box>{text(versions ? "s3.deleteVersionsHelp" : "s3.deleteObjectsHelp")}</Box>
      <ul>
        {entries.slice(0, SHOWN).map((entry) => (
          <li key={idOf(entry)} className="wrap">
            {idOf(entry)}
          </li>
        ))}
        {entries.length > SHOWN && <li>{text("s3.andMore", { count: entries.length - SHOWN })}</li>}
      </ul>
      {deleted > 0 && <Box color="text-body-secondary">{text("s3.deleted", { count: deleted })}</Box>}
    </Dialog>
  );
}
