import type { ReactNode } from "react";

interface Props {
  size?: "xxs" | "xs" | "s" | "m" | "l";
  /** Beside each other instead of below each other, in the middle of the line or at its end. */
  row?: boolean | "end";
  children: ReactNode;
}

/** Children with equal space between them, those within fragments too (the design system's does not see them). */
export function Stack({ size = "l", row = false, children }: Props) {
  return <div className={`stack stack-${size}${row ? " stack-row" : ""}${row === "end" ? " stack-end" : ""}`}>{children}</div>;
}
