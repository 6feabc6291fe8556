import { GetBucketAbacCommand, type S3Client } from "@aws-sdk/client-s3";

/** Whether policies may decide by the bucket's tags. */
export async function hasAbac(s3: S3Client, Bucket: string): Promise<boolean> {
  return (await s3.send(new GetBucketAbacCommand({ Bucket }))).AbacStatus?.Status === "Enabled";
}
