import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { ReactNode } from "react";

import { sentenceOf } from "@/api/errors";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

interface Props {
  title: string;
  button: string;
  busy: boolean;
  error: unknown;
  onSubmit: () => void;
  children: ReactNode;
}

/** One step of signing in: fields, what went wrong, a button. */
export function StepForm({ title, button, busy, error, onSubmit, children }: Props) {
  const text = useText();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Container header={<Header variant="h2">{title}</Header>}>
        <Stack>
          {error !== undefined && (
            <div role="alert">
              <Alert type="error">{sentenceOf(error, text)}</Alert>
            </div>
          )}
          {children}
          <Button variant="primary" formAction="submit" loading={busy} fullWidth>
            {button}
          </Button>
        </Stack>
      </Container>
    </form>
  );
}
