import { useState } from "react";

import { type Loaded, useLoad } from "./load";

interface Edit<T> {
  loaded: Loaded<T>;
  /** What was changed and is not saved yet. */
  edited: T | undefined;
  edit: (wanted: T) => void;
  save: () => Promise<void>;
}

/**
 * What is read as a whole, changed on the page, and saved as a whole. `save` reads it again before it ends: what is
 * changed after that starts from what was saved, and who shows it takes no changes before.
 */
export function useEdit<T>(key: string, load: () => Promise<T>, send: (wanted: T, had: T) => Promise<unknown>): Edit<T> {
  const [edited, edit] = useState<T>();
  const loaded = useLoad(key, load);
  const save = async () => {
    if (edited === undefined || loaded.value === undefined) return;
    await send(edited, loaded.value);
    loaded.set(await load());
    edit(undefined);
  };
  return { loaded, edited, edit, save };
}
