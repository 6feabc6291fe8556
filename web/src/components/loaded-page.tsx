import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";

import type { Loaded } from "@/api/load";

import { type Crumb, Page } from "./page";
import { Refusal } from "./refusal";

interface Props<T> {
  title: string;
  above: Crumb[];
  loaded: Loaded<T>;
  actions?: (value: T) => ReactNode;
  description?: ReactNode;
  children: (value: T) => ReactNode;
}

/** The page of one thing that has to be read first. */
export function LoadedPage<T>({ title, above, loaded, actions, description, children }: Props<T>) {
  const { value, error } = loaded;
  return (
    <Page title={title} above={above} description={description} actions={value !== undefined && actions?.(value)}>
      {error !== undefined && <Refusal error={error} instead="page" />}
      {value === undefined && error === undefined && <Spinner size="large" />}
      {value !== undefined && children(value)}
    </Page>
  );
}
