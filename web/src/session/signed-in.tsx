import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { Navigate, useLocation } from "react-router";

import { listSessions, type Session } from "@/api/calls";

import { SessionContext, type Sessions } from "./session-context";

// Which session this tab acts as: no secret, and each tab has its own.
const STORED = "deputize.session";

function chosen(all: Session[], answered: string | undefined): Session | undefined {
  const wanted = sessionStorage.getItem(STORED);
  return all.find(({ id }) => id === wanted) ?? all.find(({ id }) => id === answered) ?? all[0];
}

export function remember(session: Session): void {
  sessionStorage.setItem(STORED, session.id);
}

/** Act as this session from now on: the console starts anew, so that nothing of the former one is left in memory. */
export function become(session: Session): void {
  remember(session);
  startAnew();
}

export function startAnew(): void {
  window.location.assign(import.meta.env.BASE_URL);
}

interface State {
  all: Session[];
  current: Session | undefined;
}

/** The pages for people who are signed in; others are sent to sign in, and come back afterwards. */
export function SignedIn({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>();
  const location = useLocation();
  const refresh = useCallback(async () => {
    const { sessions, current } = await listSessions().catch(() => ({ sessions: [], current: undefined }));
    setState({ all: sessions, current: chosen(sessions, current) });
  }, []);
  useEffect(() => {
    // The answer of the server sets the state, later.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void refresh();
  }, [refresh]);
  const sessions = useMemo<Sessions | undefined>(
    () => state?.current && { all: state.all, current: state.current, refresh },
    [state, refresh],
  );
  if (state === undefined) return null;
  if (sessions === undefined) {
    const next = location.pathname + location.search;
    return <Navigate to={next === "/" ? "/signin" : `/signin?next=${encodeURIComponent(next)}`} replace />;
  }
  // When a role's time is over, what was shown in its name goes with it.
  return (
    <SessionContext key={sessions.current.id} value={sessions}>
      {children}
    </SessionContext>
  );
}
