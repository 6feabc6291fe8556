import type { Text } from "@/i18n";

import { ConsoleError } from "./calls";

export interface Failure {
  code: string;
  message: string;
  requestId: string | undefined;
  denied: boolean;
  notOffered: boolean;
}

/** Who may not do what, as an access-denied message of AWS says it (IAM User Guide, Troubleshoot access denied). */
export interface Denial {
  who: string;
  action: string;
  resource: string | undefined;
  why: string | undefined;
}

interface SdkError extends Error {
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

const DENIED = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]);

/** Any error that a call ended with, in one form. */
export function failureOf(error: unknown): Failure {
  const { name, message, $metadata = {} } = (error instanceof Error ? error : new Error(String(error))) as SdkError;
  const status = error instanceof ConsoleError ? error.status : $metadata.httpStatusCode;
  return {
    code: name,
    message,
    requestId: $metadata.requestId,
    denied: DENIED.has(name),
    notOffered: name === "NotImplemented" || status === 501,
  };
}

// Refusals of the console's own calls that are told in the language of the page.
const REFUSED = ["AuthFailed", "Busy", "PasswordExpired", "SignedOut", "TooManyAttempts"] as const;

/** What an error says; what AWS's operations say stays in their words. */
export function sentenceOf(error: unknown, text: Text): string {
  const { code, message } = failureOf(error);
  const refused = error instanceof ConsoleError ? REFUSED.find((one) => one === code) : undefined;
  return refused === undefined ? message || text("refusal.unavailable") : text(`refused.${refused}`);
}

export function denialOf(message: string): Denial | undefined {
  const found =
    /^User: (\S+) is not authorized to perform: (\S+?)(?: on resource: (.+?))?(?: (?:because|with) (.+))?$/s.exec(message);
  if (found === null) return undefined;
  const [, who = "", action = "", resource, why] = found;
  return { who, action, resource: resource?.replaceAll('"', ""), why };
}

/** The statement to ask an administrator for. */
export function wantedStatement({ action, resource = "*" }: Denial): string {
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: resource }, undefined, 2);
}
