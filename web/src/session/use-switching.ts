import { useCallback } from "react";

import { type RoleChoice, signOut, switchBack, switchRole } from "@/api/calls";

import { useSession } from "./session-context";
import { become, startAnew } from "./signed-in";

/** The changes of who this tab acts as; each ends on the first page, and fails with the server's refusal. */
export function useSwitching() {
  const { id } = useSession();
  const enter = useCallback(async (role: RoleChoice) => become((await switchRole(id, role)).session), [id]);
  const back = useCallback(async () => become((await switchBack(id)).session), [id]);
  const leave = useCallback(async () => {
    await signOut(id);
    startAnew();
  }, [id]);
  return { enter, back, leave };
}
