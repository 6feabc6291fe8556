import { parsePolicy, statementsOf, VERSION } from "@/policy/statements";

/** Who a role is made for, and what its trust policy says of that. */
export type Trusted =
  | { kind: "account"; account: string; externalId: string; mfa: boolean }
  | { kind: "service"; service: string }
  | { kind: "web"; provider: string; audience: string }
  | { kind: "saml"; provider: string; audience: string }
  | { kind: "custom"; document: string };

export const CONSOLE_AUDIENCE = "https://signin.aws.amazon.com/saml";

function trust(principal: object, action: string, condition: Record<string, object>): string {
  return JSON.stringify(
    {
      Version: VERSION,
      Statement: [
        {
          Effect: "Allow",
          Principal: principal,
          Action: action,
          ...(Object.keys(condition).length > 0 && { Condition: condition }),
        },
      ],
    },
    undefined,
    2,
  );
}

/** The provider's name as it stands in condition keys: its ARN without what is before the slash. */
function issuerOf(arn: string): string {
  return arn.slice(arn.indexOf("/") + 1);
}

/** The trust policy for whom a role is made for, as AWS's wizard writes it. */
export function trustPolicy(trusted: Trusted, partition: string): string {
  switch (trusted.kind) {
    case "account":
      return trust({ AWS: `arn:${partition}:iam::${trusted.account}:root` }, "sts:AssumeRole", {
        ...(trusted.externalId !== "" && { StringEquals: { "sts:ExternalId": trusted.externalId } }),
        ...(trusted.mfa && { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
      });
    case "service":
      return trust({ Service: trusted.service }, "sts:AssumeRole", {});
    case "web":
      return trust({ Federated: trusted.provider }, "sts:AssumeRoleWithWebIdentity", {
        ...(trusted.audience !== "" && { StringEquals: { [`${issuerOf(trusted.provider)}:aud`]: trusted.audience } }),
      });
    case "saml":
      return trust({ Federated: trusted.provider }, "sts:AssumeRoleWithSAML", {
        StringEquals: { "SAML:aud": trusted.audience },
      });
    case "custom":
      return trusted.document;
  }
}

/** Who a trust policy names, for lists. */
export function trustedIn(document: string): string {
  const parsed = parsePolicy(document);
  if (parsed === undefined) return "";
  const named = statementsOf(parsed).flatMap(({ Principal }): unknown[] =>
    typeof Principal === "object" && Principal !== null ? Object.values(Principal).flat() : [Principal],
  );
  return named.map((one) => String(one).replace(/^arn:[\w-]+:iam::(\d{12}):root$/, "$1")).join(", ");
}

/** Whether people can switch to the role in the console, as far as its trust policy tells. */
export function isSwitchable(document: string): boolean {
  return document.includes("sts:AssumeRole\"") && document.includes("\"AWS\"") && !document.includes("sts:ExternalId");
}

/** The address that fills in the form for switching to a role (AWS's parameters). */
export function switchLink(account: string, roleNameWithPath: string): string {
  const query = new URLSearchParams({ account, roleName: roleNameWithPath });
  return `${window.location.origin}/_console/switchrole?${query.toString()}`;
}
