/** What the console asks of its server beside the AWS APIs: signing in, switching, and what has no AWS operation. */

export interface Identity {
  arn: string;
  name: string;
  account: string;
}

export interface Session {
  id: string;
  kind: "user" | "root" | "role" | "federated";
  arn: string;
  account: string;
  accountAlias?: string;
  name: string;
  displayName?: string;
  color?: string;
  base?: Identity;
  expires: string;
  mfa: boolean;
}

export interface SignInFields {
  kind: "user" | "root";
  account?: string;
  name?: string;
  email?: string;
  password: string;
  mfaCode?: string;
}

export type SignInAnswer =
  | { next: "done"; session: Session }
  | { next: "mfa" }
  | { next: "new-password"; reason?: string };

export interface RoleChoice {
  account: string;
  accountAlias?: string;
  roleName: string;
  displayName?: string;
  color?: string;
}

export interface Assumable {
  arn: string;
  account: string;
  accountAlias?: string;
  roleName: string;
}

export interface TemporaryCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: string;
  region: string;
  endpoint: string;
}

export interface Explanation {
  caller: string;
  action: string;
  resource?: string;
  /** Which of one's own policies decided, a sentence each. */
  own?: { message: string }[];
  /** Every kind of policies, for those who may read them all. */
  trace?: unknown;
}

export interface GuideStep {
  id: string;
  done: boolean;
  visible: boolean;
}

/** An answer of the server that says no, in its words. */
export class ConsoleError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.name = code;
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string; details?: Record<string, unknown> };
}

async function call<T>(name: string, body: object): Promise<T> {
  const answer = await fetch(`/_console/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Deputize-Console": "1" },
    body: JSON.stringify(body),
  });
  const content: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const { error = {} } = content as ErrorBody;
    throw new ConsoleError(error.code ?? "Unavailable", error.message ?? "", answer.status, error.details ?? {});
  }
  return content as T;
}

export const signIn = (fields: SignInFields) => call<SignInAnswer>("sign-in", fields);
export const newPassword = (fields: SignInFields & { newPassword: string }) =>
  call<SignInAnswer>("new-password", fields);
export const listSessions = () => call<{ sessions: Session[]; current?: string }>("sessions", {});
/** `seconds` for a person to copy; the pages' own are good for as long as the server thinks right. */
export const fetchCredentials = (session: string, seconds?: number) =>
  call<TemporaryCredentials>("credentials", { session, seconds });
export const switchRole = (session: string, role: RoleChoice) =>
  call<{ session: Session }>("switch-role", {
    session,
    account: role.account,
    roleName: role.roleName,
    displayName: role.displayName,
    color: role.color,
  });
export const switchBack = (session: string) => call<{ session: Session }>("switch-back", { session });
export const roleHistory = (session: string) => call<{ roles: RoleChoice[] }>("history", { session });
export const assumableRoles = (session: string) => call<{ roles: Assumable[] }>("roles", { session });
export const signOut = (session: string) => call<object>("sign-out", { session });
export const explain = (session: string, requestId: string) =>
  call<Explanation>("explain", { session, requestId });
export const guideSteps = (session: string) => call<{ steps: GuideStep[] }>("guide", { session });
