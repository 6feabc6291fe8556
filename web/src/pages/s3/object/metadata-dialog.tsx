import { CopyObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useS3 } from "@/api/s3";
import { Dialog } from "@/components/dialog";
import { filledTags, type Tag, TagsField } from "@/components/tags-field";
import { useText } from "@/i18n";

import { copySource } from "../objects/keys";
import type { Which } from "./head";

const HEADERS = { ContentType: "Content-Type", CacheControl: "Cache-Control", ContentDisposition: "Content-Disposition" };
type Header = keyof typeof HEADERS;

interface Props {
  which: Which;
  head: HeadObjectCommandOutput;
  onDone: () => void;
  onClose: () => void;
}

/** Change metadata: the object is copied onto itself with the new ones. */
export function MetadataDialog({ which, head, onDone, onClose }: Props) {
  const text = useText();
  const s3 = useS3();
  const [headers, setHeaders] = useState<Record<Header, string>>({
    ContentType: head.ContentType ?? "",
    CacheControl: head.CacheControl ?? "",
    ContentDisposition: head.ContentDisposition ?? "",
  });
  const [own, setOwn] = useState<Tag[]>(Object.entries(head.Metadata ?? {}).map(([Key, Value]) => ({ Key, Value })));
  const save = async () => {
    const { Bucket, Key, VersionId } = which;
    const expires = new Date(head.ExpiresString ?? "");
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: copySource(Bucket, Key, VersionId),
        MetadataDirective: "REPLACE",
        Metadata: Object.fromEntries(filledTags(own).map(({ Key: name = "", Value = "" }) => [name, Value])),
        ContentEncoding: head.ContentEncoding,
        ContentLanguage: head.ContentLanguage,
        ...(!Number.isNaN(expires.getTime()) && { Expires: expires }),
        WebsiteRedirectLocation: head.WebsiteRedirectLocation,
        ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "")),
      }),
    );
    onDone();
  };
  return (
    <Dialog title={text("s3.metadata")} button={text("form.save")} size="large" onSubmit={save} onClose={onClose}>
      <Alert type="info">{text("s3.metadataHelp")}</Alert>
      {(Object.keys(HEADERS) as Header[]).map((name) => (
        <FormField key={name} label={HEADERS[name]}>
          <Input value={headers[name]} onChange={({ detail }) => setHeaders({ ...headers, [name]: detail.value })} />
        </FormField>
      ))}
      <FormField stretch label="x-amz-meta-">
        <TagsField tags={own} onChange={setOwn} />
      </FormField>
    </Dialog>
  );
}
