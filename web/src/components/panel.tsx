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
  /** Whether a change is being saved: until then nothing else may be changed. */
  busy?: boolean;
  /** What went wrong with the last change. */
  error?: unknown;
  children: (value: T) => ReactNode;
}

/** One setting of a thing: what it is, what may be done with it, and why not. */
export function Panel<T>({ title, description, actions, loaded, busy, error, children }: Props<T>) {
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
          {loaded.value !== undefined ? (
            <div inert={busy}>
              <Stack size="s">{children(loaded.value)}</Stack>
            </div>
          ) : (
            loaded.loading && <Spinner />
          )}
        </Stack>
      </Container>
    </section>
  );
}
