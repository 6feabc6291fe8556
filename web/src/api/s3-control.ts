import { S3ControlClient } from "@aws-sdk/client-s3-control";

import { useSession } from "@/session/session-context";

import { ENDPOINT, perSession, settings } from "./credentials";

// The SDK puts the account before the host's name, which is another origin; a header names the account as well.
const endpoint = { url: new URL(ENDPOINT) };

export const s3ControlOf = perSession(
  (session) => new S3ControlClient({ ...settings(session), endpointProvider: () => endpoint }),
);

export function useS3Control(): S3ControlClient {
  return s3ControlOf(useSession().id);
}
