import type { Key } from "@/i18n";

/** AWS's five colours for roles (IAM User Guide, Switch to a role in the console). */
export const COLORS: { value: string; name: Key }[] = [
  { value: "", name: "color.none" },
  { value: "f2b0a9", name: "color.red" },
  { value: "fbc8aa", name: "color.orange" },
  { value: "efda95", name: "color.yellow" },
  { value: "b7ca9d", name: "color.green" },
  { value: "83d4e8", name: "color.blue" },
];

/** A colour for styles; undefined for what is none: it comes from links, too. */
export function cssColor(color: string | undefined): string | undefined {
  return color !== undefined && /^#?[0-9a-f]{6}$/i.test(color) ? `#${color.replace("#", "")}` : undefined;
}
