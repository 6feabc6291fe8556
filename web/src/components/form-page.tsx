import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import type { ReactNode } from "react";

import { useAct } from "@/api/load";
import { useText } from "@/i18n";

import { ButtonLink } from "./button-link";
import { type Crumb, Page } from "./page";
import { Refusal } from "./refusal";
import { Stack } from "./stack";

interface Props {
  title: string;
  description?: ReactNode;
  above: Crumb[];
  button: string;
  disabled?: boolean;
  onSubmit: () => Promise<unknown>;
  children: ReactNode;
}

/** A page that makes or changes one thing: fields, and below them a button; a refusal stands above. */
export function FormPage({ title, description, above, button, disabled = false, onSubmit, children }: Props) {
  const text = useText();
  const { run, busy, error } = useAct();
  return (
    <Page title={title} description={description} above={above}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(onSubmit);
        }}
      >
        <Form
          actions={
            <Stack row size="xs">
              <ButtonLink to={above.at(-1)?.to ?? "/"} variant="link">
                {text("form.cancel")}
              </ButtonLink>
              <Button variant="primary" formAction="submit" loading={busy} disabled={disabled}>
                {button}
              </Button>
            </Stack>
          }
        >
          <Stack>
            {error !== undefined && <Refusal error={error} />}
            {children}
          </Stack>
        </Form>
      </form>
    </Page>
  );
}
