import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-s3-control";

import type { Session } from "@/api/calls";
import { s3ControlOf } from "@/api/s3-control";
import type { TagCalls } from "@/components/tags-panel";

/** S3 Control's calls for the tags of a bucket of the session's account. */
export function bucketTagCalls({ id, account: AccountId }: Session, bucket: string): TagCalls {
  const control = s3ControlOf(id);
  const named = { AccountId, ResourceArn: `arn:aws:s3:::${bucket}` };
  return {
    add: (Tags) => control.send(new TagResourceCommand({ ...named, Tags })),
    remove: (TagKeys) => control.send(new UntagResourceCommand({ ...named, TagKeys })),
  };
}
