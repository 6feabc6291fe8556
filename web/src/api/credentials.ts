import type { AwsCredentialIdentityProvider } from "@aws-sdk/types";

import { fetchCredentials, type TemporaryCredentials } from "./calls";

/** The API is served at the root of the console's own port. */
export const ENDPOINT = window.location.origin;
export const REGION = "us-east-1";

/** Keys as SDK clients take them. */
export function keysOf({ accessKeyId, secretAccessKey, sessionToken, expiration }: TemporaryCredentials) {
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) };
}

/** The session's short-lived keys, held in memory alone; an SDK client asks again before they expire. */
export function credentialsOf(session: string): AwsCredentialIdentityProvider {
  return async () => keysOf(await fetchCredentials(session));
}

/** What every SDK client of a session is made with: one try, since a person sees the answer and may try again. */
export function settings(session: string) {
  return {
    endpoint: ENDPOINT,
    region: REGION,
    credentials: credentialsOf(session),
    maxAttempts: 1,
  };
}

/** One client for each session. */
export function perSession<T>(make: (session: string) => T): (session: string) => T {
  const made = new Map<string, T>();
  return (session) => {
    const client = made.get(session) ?? make(session);
    made.set(session, client);
    return client;
  };
}
