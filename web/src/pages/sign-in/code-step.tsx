import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useText } from "@/i18n";

import { StepForm } from "./step-form";

interface Props {
  busy: boolean;
  error: unknown;
  onSubmit: (code: string) => void;
}

export function CodeStep({ busy, error, onSubmit }: Props) {
  const text = useText();
  const [code, setCode] = useState("");
  return (
    <StepForm
      title={text("signIn.mfa")}
      button={text("signIn.button")}
      busy={busy}
      error={error}
      onSubmit={() => onSubmit(code.replaceAll(/\s/g, ""))}
    >
      <FormField label={text("signIn.code")} description={text("signIn.codeHelp")}>
        <Input
          value={code}
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          onChange={({ detail }) => setCode(detail.value)}
        />
      </FormField>
    </StepForm>
  );
}
