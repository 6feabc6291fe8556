import data from "./catalogue.json";

interface Service {
  name: string;
  /** Names of actions by access level. */
  actions: Record<string, string[]>;
  /** ARN templates by kind of resource. */
  resources: Record<string, string>;
  keys: string[];
}

/** The services that this server offers, by the prefix of their actions. */
export const SERVICES: Readonly<Record<string, Service>> = data;

export const LEVELS = ["List", "Read", "Write", "Permissions management", "Tagging"] as const;
export type Level = (typeof LEVELS)[number];

/** The condition keys of every request (IAM User Guide, AWS global condition context keys). */
export const GLOBAL_KEYS = [
  "aws:CurrentTime",
  "aws:MultiFactorAuthAge",
  "aws:MultiFactorAuthPresent",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalTag/",
  "aws:RequestedRegion",
  "aws:SecureTransport",
  "aws:SourceIp",
  "aws:TokenIssueTime",
  "aws:UserAgent",
  "aws:userid",
  "aws:username",
];

export const OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringLike",
  "StringNotLike",
  "StringEqualsIgnoreCase",
  "NumericEquals",
  "NumericLessThan",
  "NumericGreaterThan",
  "DateLessThan",
  "DateGreaterThan",
  "Bool",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "Null",
];

/** The service's prefix of `s3:GetObject`; empty for `*`. */
export function serviceOf(action: string): string {
  return action.includes(":") ? action.slice(0, action.indexOf(":")) : "";
}

/** Whether a pattern of a policy covers an action, letters' case aside. */
export function covers(pattern: string, action: string): boolean {
  const expression = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "i").test(action);
}

/** The access levels of a service that patterns of actions grant, each with whether all of its actions are. */
export function levelsOf(service: string, patterns: string[]): { level: Level; full: boolean }[] {
  const actions = SERVICES[service]?.actions ?? {};
  return LEVELS.flatMap((level) => {
    const names = actions[level] ?? [];
    const granted = names.filter((name) => patterns.some((pattern) => covers(pattern, `${service}:${name}`)));
    return granted.length === 0 ? [] : [{ level, full: granted.length === names.length }];
  });
}
