import type { RoleChoice, Session } from "@/api/calls";

/** 111111111111 as 1111-1111-1111, the way people read it. */
export function readableAccount(id: string): string {
  return id.replace(/^(\d{4})(\d{4})(\d{4})$/, "$1-$2-$3");
}

/** Who a session acts as: a role's display name, or `David @ alias or account`. */
export function sessionLabel(session: Session): string {
  if (session.displayName) return session.displayName;
  return `${session.name} @ ${session.accountAlias ?? readableAccount(session.account)}`;
}

/** What a role is called in menus. */
export function roleLabel(role: RoleChoice): string {
  return role.displayName ?? `${role.roleName} @ ${role.accountAlias ?? role.account}`;
}
