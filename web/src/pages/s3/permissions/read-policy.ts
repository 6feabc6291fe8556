import { GetBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";

import { orAbsent } from "@/api/absent";

/** A bucket's policy; empty if it has none. */
export function readBucketPolicy(s3: S3Client, Bucket: string): Promise<string> {
  return orAbsent(
    async () => (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? "",
    "NoSuchBucketPolicy",
    "",
  );
}
