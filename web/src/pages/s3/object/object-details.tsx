import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { sizeText } from "../objects/keys";
import type { Which } from "./head";
import { LocksPanel } from "./locks-panel";
import { MetadataPanel } from "./metadata-panel";
import { ObjectTagsPanel } from "./object-tags-panel";
import { PreviewPanel } from "./preview-panel";

interface Props {
  which: Which;
  head: HeadObjectCommandOutput;
  onChange: () => void;
}

/** What an object is, and all that hangs on it. */
export function ObjectDetails({ which, head, onChange }: Props) {
  const text = useText();
  const { Bucket, Key } = which;
  const { ContentType = "", ContentLength = 0, ETag = "", LastModified, VersionId } = head;
  return (
    <Stack>
      <Container header={<Header variant="h2">{text("entity.summary")}</Header>}>
        <Stack>
          <KeyValuePairs items={[{ label: "ARN", value: <Copy value={`arn:aws:s3:::${Bucket}/${Key}`} /> }]} />
          <KeyValuePairs
            columns={3}
            items={[
              { label: text("s3.size"), value: sizeText(ContentLength) },
              { label: text("s3.type"), value: <Wrap>{ContentType || "-"}</Wrap> },
              { label: text("s3.modified"), value: <Moment at={LastModified} /> },
              { label: "ETag", value: <Wrap>{ETag.replaceAll('"', "")}</Wrap> },
              { label: text("s3.version"), value: <Wrap>{VersionId ?? "-"}</Wrap> },
            ]}
          />
        </Stack>
      </Container>
      <PreviewPanel which={which} type={ContentType} size={ContentLength} />
      <MetadataPanel which={which} head={head} onChange={onChange} />
      <ObjectTagsPanel which={which} />
      <LocksPanel which={which} />
    </Stack>
  );
}
