import { useIam } from "@/api/iam";

import type { Kind } from "./entities";
import { permissionsOf } from "./permissions";

export function usePermissions(kind: Kind, name: string) {
  return permissionsOf(useIam(), kind, name);
}
