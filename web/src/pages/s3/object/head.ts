import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

/** One object, or one version of it. */
export interface Which {
  Bucket: string;
  Key: string;
  VersionId: string | undefined;
}

/** What an object is. Answers to HEAD have no body, so a refusal is asked for again with GET, which says why. */
export async function headOf(s3: S3Client, which: Which): Promise<HeadObjectCommandOutput> {
  try {
    return await s3.send(new HeadObjectCommand(which));
  } catch (error) {
    await s3.send(new GetObjectCommand({ ...which, Range: "bytes=0-0" }));
    throw error;
  }
}
