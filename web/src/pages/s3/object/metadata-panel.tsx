import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";

import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import type { Which } from "./head";
import { MetadataDialog } from "./metadata-dialog";

interface Props {
  which: Which;
  head: HeadObjectCommandOutput;
  onChange: () => void;
}

/** What is told with the object whenever somebody gets it. */
export function MetadataPanel({ which, head, onChange }: Props) {
  const text = useText();
  const [editing, setEditing] = useState(false);
  const told = {
    "Content-Type": head.ContentType,
    "Cache-Control": head.CacheControl,
    "Content-Disposition": head.ContentDisposition,
    "Content-Encoding": head.ContentEncoding,
    "Content-Language": head.ContentLanguage,
    ...Object.fromEntries(Object.entries(head.Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
  const items = Object.entries(told).flatMap(([label, value]) =>
    value === undefined ? [] : [{ label, value: <Wrap>{value}</Wrap> }],
  );
  return (
    <section aria-label={text("s3.metadata")}>
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>{text("form.edit")}</Button>}>
            {text("s3.metadata")}
          </Header>
        }
      >
        {items.length === 0 ? text("tags.none") : <KeyValuePairs columns={3} items={items} />}
        {editing && <MetadataDialog which={which} head={head} onDone={onChange} onClose={() => setEditing(false)} />}
      </Container>
    </section>
  );
}
