import { S3Client } from "@aws-sdk/client-s3";

import { useSession } from "@/session/session-context";

import { perSession, settings } from "./credentials";

const clientOf = perSession((session) => new S3Client({ ...settings(session), forcePathStyle: true }));

export function useS3(): S3Client {
  return clientOf(useSession().id);
}

/** The content of an object that was got. The SDK's type of it names Node's streams, which are unknown here. */
export async function contentOf({ Body }: { Body?: unknown }): Promise<Uint8Array<ArrayBuffer>> {
  const stream = Body as { transformToByteArray: () => Promise<Uint8Array> } | undefined;
  return new Uint8Array((await stream?.transformToByteArray()) ?? []);
}
