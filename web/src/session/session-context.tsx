import { createContext, useContext } from "react";

import type { Session } from "@/api/calls";

export interface Sessions {
  /** All sessions of this browser, side by side. */
  all: Session[];
  /** The one that this tab acts as. */
  current: Session;
  /** Read the sessions anew; what has ended is gone. */
  refresh: () => Promise<void>;
}

export const SessionContext = createContext<Sessions | undefined>(undefined);

export function useSessions(): Sessions {
  const found = useContext(SessionContext);
  if (found === undefined) throw new Error("outside of a session");
  return found;
}

export function useSession(): Session {
  return useSessions().current;
}
