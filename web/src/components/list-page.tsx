import { type ReactNode, useEffect } from "react";

interface Props {
  title: string;
  children: ReactNode;
}

/** A page that is one table, which has the title itself. */
export function ListPage({ title, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Deputize`;
  }, [title]);
  return children;
}
