import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

interface Props {
  label: string;
  description?: string;
  placeholder: string;
  values: string[];
  onChange: (values: string[]) => void;
}

/** Texts that are added one by one. */
export function TokensField({ label, description, placeholder, values, onChange }: Props) {
  const text = useText();
  const [typed, setTyped] = useState("");
  const add = () => {
    const value = typed.trim();
    if (value !== "" && !values.includes(value)) onChange([...values, value]);
    setTyped("");
  };
  return (
    <FormField label={label} description={description}>
      <Stack size="xxs">
        <div className="beside">
          <Input
            value={typed}
            placeholder={placeholder}
            autoComplete={false}
            onChange={({ detail }) => setTyped(detail.value)}
            onKeyDown={(event) => {
              if (event.detail.key === "Enter") {
                event.preventDefault();
                add();
              }
            }}
          />
          <Button onClick={add} disabled={typed.trim() === ""} ariaLabel={`${text("editor.add")}: ${label}`}>
            {text("editor.add")}
          </Button>
        </div>
        {values.length > 0 && (
          <TokenGroup
            items={values.map((value) => ({ label: value, dismissLabel: text("editor.removeValue", { value }) }))}
            onDismiss={({ detail }) => onChange(values.filter((_, place) => place !== detail.itemIndex))}
          />
        )}
      </Stack>
    </FormField>
  );
}
