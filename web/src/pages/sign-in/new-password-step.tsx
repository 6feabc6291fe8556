import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useText } from "@/i18n";

import { StepForm } from "./step-form";

interface Props {
  busy: boolean;
  error: unknown;
  onSubmit: (password: string) => void;
}

export function NewPasswordStep({ busy, error, onSubmit }: Props) {
  const text = useText();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const differ = tried && password !== again;
  const submit = () => {
    setTried(true);
    if (password === again) onSubmit(password);
  };
  return (
    <StepForm
      title={text("signIn.newPassword")}
      button={text("signIn.changePassword")}
      busy={busy}
      error={error}
      onSubmit={submit}
    >
      <FormField label={text("signIn.chosen")} description={text("signIn.newPasswordHelp")}>
        <Input
          value={password}
          type="password"
          autoComplete="new-password"
          autoFocus
          onChange={({ detail }) => setPassword(detail.value)}
        />
      </FormField>
      <FormField label={text("signIn.again")} errorText={differ ? text("signIn.differ") : ""}>
        <Input
          value={again}
          type="password"
          autoComplete="new-password"
          onChange={({ detail }) => setAgain(detail.value)}
        />
      </FormField>
    </StepForm>
  );
}
