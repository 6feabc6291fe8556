import {
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import { orAbsent } from "@/api/absent";
import { failureOf } from "@/api/errors";
import { useS3 } from "@/api/s3";
import { applyChange, TagsPanel } from "@/components/tags-panel";
import { useSession } from "@/session/session-context";

import { hasAbac } from "./abac";

/** Who may not know it is taken to tag as most buckets are tagged: the server refuses where that is wrong. */
async function tagsDecide(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    return await hasAbac(s3, Bucket);
  } catch (error) {
    if (failureOf(error).denied) return false;
    throw error;
  }
}

/** A bucket's tags: set all at once or, where policies may decide by them, one by one (S3 API, PutBucketTagging). */
export function BucketTagsPanel({ bucket: Bucket }: { bucket: string }) {
  const s3 = useS3();
  const session = useSession();
  return (
    <TagsPanel
      id={Bucket}
      list={() =>
        orAbsent(async () => (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet ?? [], "NoSuchTagSet", [])
      }
      save={async (change) => {
        const { wanted: TagSet } = change;
        if (await tagsDecide(s3, Bucket)) {
          const { bucketTagCalls } = await import("./bucket-tag-calls");
          await applyChange(change, bucketTagCalls(session, Bucket));
        } else if (TagSet.length === 0) {
          await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
        } else {
          await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
        }
      }}
    />
  );
}
