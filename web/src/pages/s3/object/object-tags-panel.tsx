import { DeleteObjectTaggingCommand, GetObjectTaggingCommand, PutObjectTaggingCommand } from "@aws-sdk/client-s3";

import { useS3 } from "@/api/s3";
import { TagsPanel } from "@/components/tags-panel";

import type { Which } from "./head";

export function ObjectTagsPanel({ which }: { which: Which }) {
  const s3 = useS3();
  return (
    <TagsPanel
      id={`${which.Key} ${which.VersionId ?? ""}`}
      list={async () => (await s3.send(new GetObjectTaggingCommand(which))).TagSet ?? []}
      save={async ({ wanted: TagSet }) => {
        await (TagSet.length === 0
          ? s3.send(new DeleteObjectTaggingCommand(which))
          : s3.send(new PutObjectTaggingCommand({ ...which, Tagging: { TagSet } })));
      }}
    />
  );
}
