import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { type ReactNode, useState } from "react";

import { useText } from "@/i18n";

import { Dialog } from "./dialog";

interface Props {
  /** What is deleted, or another word, to be typed. */
  name: string;
  /** What is asked, and what the button says, when something else than deleting the thing itself is meant. */
  title?: string;
  button?: string;
  /** What goes with it. */
  children: ReactNode;
  onDelete: () => Promise<unknown>;
  onClose: () => void;
}

/** Deleting, or what is as grave: says what goes with it, and asks for a word to be typed. */
export function DeleteDialog({ name, title, button, children, onDelete, onClose }: Props) {
  const text = useText();
  const [typed, setTyped] = useState("");
  return (
    <Dialog
      title={title ?? text("delete.title", { name })}
      button={button ?? text("delete.button")}
      disabled={typed !== name}
      onSubmit={onDelete}
      onClose={onClose}
    >
      <Box>{children}</Box>
      <FormField label={text("delete.type", { name })}>
        <Input value={typed} placeholder={name} autoComplete={false} onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
    </Dialog>
  );
}
