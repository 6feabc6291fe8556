import { AccessAnalyzerClient } from "@aws-sdk/client-accessanalyzer";

import { useSession } from "@/session/session-context";

import { perSession, settings } from "./credentials";

const clientOf = perSession((session) => new AccessAnalyzerClient(settings(session)));

export function useAccessAnalyzer(): AccessAnalyzerClient {
  return clientOf(useSession().id);
}
