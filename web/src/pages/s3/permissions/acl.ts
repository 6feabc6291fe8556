import type { Grant, Grantee, Permission } from "@aws-sdk/client-s3";

import type { Key } from "@/i18n";

const GROUPS: Record<string, Key> = {
  "http://acs.amazonaws.com/groups/global/AllUsers": "acl.everyone",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "acl.authenticated",
  "http://acs.amazonaws.com/groups/s3/LogDelivery": "acl.logDelivery",
};

/** The permissions of ACLs; all of them together are full control. */
export type Single = Exclude<Permission, "FULL_CONTROL">;

/** In the order that they are shown in. */
export const PERMISSIONS: Single[] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP"];

/** What one grantee has. */
export interface Entry {
  /** What tells the grantee from others: canonical id, or the group's address. */
  id: string;
  grantee: Grantee;
  permissions: Single[];
}

export function groupName(id: string): Key | undefined {
  return GROUPS[id];
}

function expanded(permission: Permission): Single[] {
  return permission === "FULL_CONTROL" ? PERMISSIONS : [permission];
}

/** A list by grantee: the owner first, then the groups, whether they have anything or not, then other accounts. */
export function entriesOf(owner: string, grants: Grant[]): Entry[] {
  const entries = new Map<string, Entry>();
  const add = (id: string, grantee: Grantee, permissions: Single[]) => {
    const had = entries.get(id)?.permissions ?? [];
    entries.set(id, { id, grantee, permissions: [...new Set([...had, ...permissions])] });
  };
  add(owner, { Type: "CanonicalUser", ID: owner }, []);
  for (const URI of Object.keys(GROUPS)) add(URI, { Type: "Group", URI }, []);
  for (const { Grantee: grantee, Permission: permission } of grants) {
    const id = grantee?.ID ?? grantee?.URI;
    if (grantee !== undefined && id !== undefined && permission !== undefined) add(id, grantee, expanded(permission));
  }
  return [...entries.values()];
}

/** The list that says what the entries do. */
export function grantsOf(entries: Entry[]): Grant[] {
  return entries.flatMap(({ grantee: { Type, ID, URI }, permissions }) => {
    const given = permissions.length === PERMISSIONS.length ? (["FULL_CONTROL"] as const) : permissions;
    return given.map((Permission) => ({ Grantee: { Type, ID, URI }, Permission }));
  });
}
