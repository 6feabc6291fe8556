import { IAMClient } from "@aws-sdk/client-iam";

import { useSession } from "@/session/session-context";

import { perSession, settings } from "./credentials";

const clientOf = perSession((session) => new IAMClient(settings(session)));

export function useIam(): IAMClient {
  return clientOf(useSession().id);
}
