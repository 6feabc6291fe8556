import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";

import type { Loaded } from "@/api/load";

import { Refusal } from "./refusal";
import { Stack } from "./stack";

interface Props<T> {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  loaded: Loaded<T>;
  /** What went wrong with the last change. */
  error?: unknown;
  children: (value: T) => ReactNode;
}

/** One setting of a thing: what it is, what may be done with it, and why not. */
export function Panel<T>({ title, description, actions, loaded, error, children }: Props<T>) {
  const trouble = error ?? loaded.error;
  return (
    <section aria-label={title}>
      <Container
        header={
          <Header
            variant="h2"
            description={description}
            actions={
              <Stack row size="xs">
                {actions}
              </Stack>
            }
          >
            {title}
          </Header>
        }
      >
        <Stack size="s">
          {trouble !== undefined && <Refusal error={trouble} instead={error === undefined ? "part" : undefined} />}
          {loaded.value !== undefined ? children(loaded.value) : loaded.loading && <Spinner />}
        </Stack>
      </Container>
    </section>
  );
}
