import { useSyncExternalStore } from "react";

// The same as in styles.css, and where the design system folds the navigation away.
const NARROW = window.matchMedia("(max-width: 688px)");

function subscribe(changed: () => void): () => void {
  NARROW.addEventListener("change", changed);
  return () => NARROW.removeEventListener("change", changed);
}

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => NARROW.matches);
}
