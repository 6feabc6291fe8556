import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";

import { contentOf } from "@/api/s3";
import { saveFile } from "@/components/save-file";

/** Let the browser save an object, or one version of it, under the last part of its key. */
export async function download(s3: S3Client, Bucket: string, Key: string, VersionId?: string): Promise<void> {
  const content = await contentOf(await s3.send(new GetObjectCommand({ Bucket, Key, VersionId })));
  saveFile(new Blob([content], { type: "application/octet-stream" }), Key.split("/").at(-1) ?? Key);
}
