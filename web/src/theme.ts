import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

const STORED = "deputize.mode";
const CHANGED = "deputize-mode-changed";

export function isDark(): boolean {
  const chosen = localStorage.getItem(STORED);
  return chosen === null ? window.matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

export function setDark(dark: boolean): void {
  localStorage.setItem(STORED, dark ? "dark" : "light");
  applyStoredMode();
  window.dispatchEvent(new Event(CHANGED));
}

export function applyStoredMode(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener(CHANGED, changed);
  return () => window.removeEventListener(CHANGED, changed);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}
