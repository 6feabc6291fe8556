import { useCallback, useEffect, useState } from "react";

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

interface Settable<T> extends Loaded<T> {
  /** Takes what was read elsewhere. */
  set: (value: T) => void;
}

interface State<T> {
  key: string;
  value?: T;
  error?: unknown;
}

/** What `load` answers; asked again when `key` changes or on `reload`. While it is asked again, the old value stays. */
export function useLoad<T>(key: string, load: () => Promise<T>): Settable<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<State<T>>({ key: "" });
  const wanted = `${key} ${round}`;
  useEffect(() => {
    let left = false;
    load().then(
      (value) => left || setState({ key: wanted, value }),
      (error: unknown) => left || setState({ key: wanted, error }),
    );
    return () => {
      left = true;
    };
    // `key` says when `load` answers differently; the function itself is new with every rendering.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const set = useCallback(
    (value: T) => setState((before) => (before.key === wanted ? { key: wanted, value } : before)),
    [wanted],
  );
  const same = state.key.startsWith(`${key} `);
  return {
    value: same ? state.value : undefined,
    error: same ? state.error : undefined,
    loading: state.key !== wanted,
    reload,
    set,
  };
}

/** Run one act at a time: `busy` while it runs, `error` when it failed. `run` answers whether it succeeded. */
export function useAct() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useCallback(async (act: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      return true;
    } catch (caught) {
      setError(caught);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { busy, error, run, clear };
}
