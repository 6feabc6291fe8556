import type { IAMClient } from "@aws-sdk/client-iam";

import type { Kind } from "./entities";
import { permissionsOf } from "./permissions";

/** Detach and delete all policies of a user, group or role, which IAM demands before it can be deleted. */
export async function stripPermissions(iam: IAMClient, kind: Kind, name: string): Promise<void> {
  const permissions = permissionsOf(iam, kind, name);
  for (const { arn } of await permissions.attached()) if (arn !== undefined) await permissions.detach(arn);
  for (const { name: policy } of await permissions.inline()) await permissions.remove(policy);
}
