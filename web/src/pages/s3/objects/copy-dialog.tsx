import { CopyObjectCommand, DeleteObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useS3 } from "@/api/s3";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

import { copySource } from "./keys";

interface Props {
  bucket: string;
  from: string;
  version?: string | undefined;
  /** Delete the original afterwards. */
  move: boolean;
  onDone: (bucket: string, key: string) => void;
  onClose: () => void;
}

/** Copy an object, or rename it: a copy, and the original deleted. */
export function CopyDialog({ bucket, from, version, move, onDone, onClose }: Props) {
  const text = useText();
  const s3 = useS3();
  const [toBucket, setToBucket] = useState(bucket);
  const [key, setKey] = useState(from);
  const copy = async () => {
    const original = { Bucket: bucket, Key: from };
    // What others write meanwhile is neither moved nor deleted.
    const ETag = move ? (await s3.send(new HeadObjectCommand(original))).ETag : undefined;
    const CopySource = copySource(bucket, from, version);
    await s3.send(new CopyObjectCommand({ Bucket: toBucket, Key: key, CopySource, CopySourceIfMatch: ETag }));
    if (move) await s3.send(new DeleteObjectCommand({ ...original, IfMatch: ETag }));
    onDone(toBucket, key);
  };
  const title = text(move ? "s3.rename" : "s3.copy");
  return (
    <Dialog
      title={title}
      button={title}
      disabled={key === "" || (key === from && toBucket === bucket)}
      onSubmit={copy}
      onClose={onClose}
    >
      <FormField label={text("s3.toBucket")}>
        <Input value={toBucket} onChange={({ detail }) => setToBucket(detail.value)} />
      </FormField>
      <FormField label={text("s3.toKey")} constraintText={move ? text("s3.renameHelp") : undefined}>
        <Input value={key} onChange={({ detail }) => setKey(detail.value)} />
      </FormField>
    </Dialog>
  );
}
