import type { Key } from "@/i18n";

/** What permissions are given to. */
export type Kind = "user" | "group" | "role";

interface Words {
  /** The folder of its pages. */
  folder: string;
  title: Key;
}

export const KINDS: Record<Kind, Words> = {
  user: { folder: "/iam/users", title: "nav.users" },
  group: { folder: "/iam/groups", title: "nav.groups" },
  role: { folder: "/iam/roles", title: "nav.roles" },
};

export function pageOf(kind: Kind, name: string): string {
  return `${KINDS[kind].folder}/${encodeURIComponent(name)}`;
}

export function policyPage(arn: string): string {
  return `/iam/policies/${encodeURIComponent(arn)}`;
}

/** The name at the end of an ARN. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** The partition and the account of an ARN. */
export function ownerOf(arn: string): { partition: string; account: string } {
  const [, partition = "aws", , , account = ""] = arn.split(":");
  return { partition, account };
}

export function isManagedByAws(arn: string): boolean {
  return ownerOf(arn).account === "aws";
}
