import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import type { ReactNode } from "react";

import { useAct } from "@/api/load";
import { useText } from "@/i18n";

import { Refusal } from "./refusal";
import { Stack } from "./stack";

interface Props {
  title: string;
  button: string;
  disabled?: boolean;
  /** What the button does; the dialog closes when it succeeded. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  /** What happens instead when the person gives up. */
  onCancel?: () => void;
  children: ReactNode;
  size?: "medium" | "large";
}

/** A question that is answered without leaving the page. */
export function Dialog({ title, button, disabled = false, onSubmit, onClose, onCancel = onClose, children, size = "medium" }: Props) {
  const text = useText();
  const { run, busy, error } = useAct();
  const submit = async () => {
    if (await run(onSubmit)) onClose();
  };
  return (
    <Modal
      visible
      header={title}
      size={size}
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <Stack row size="xs">
            <Button variant="link" onClick={onCancel}>
              {text("form.cancel")}
            </Button>
            <Button variant="primary" loading={busy} disabled={disabled} onClick={() => void submit()}>
              {button}
            </Button>
          </Stack>
        </Box>
      }
    >
      <Stack size="m">
        {error !== undefined && <Refusal error={error} />}
        {children}
      </Stack>
    </Modal>
  );
}
