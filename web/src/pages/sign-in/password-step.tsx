import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";

import type { SignInFields } from "@/api/calls";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { StepForm } from "./step-form";

interface Props {
  fields: SignInFields;
  /** The account comes from the address. */
  locked: boolean;
  busy: boolean;
  error: unknown;
  onSubmit: (fields: SignInFields) => void;
}

export function PasswordStep({ fields, locked, busy, error, onSubmit }: Props) {
  const text = useText();
  const [kind, setKind] = useState(fields.kind);
  const [account, setAccount] = useState(fields.account ?? "");
  const [name, setName] = useState(fields.name ?? "");
  const [email, setEmail] = useState(fields.email ?? "");
  const [password, setPassword] = useState("");
  const submit = () =>
    onSubmit(
      kind === "user"
        ? { kind, account: account.trim().replaceAll(/(?<=\d)-(?=\d)/g, ""), name, password }
        : { kind, email, password },
    );
  return (
    <StepForm title={text("signIn.title")} button={text("signIn.button")} busy={busy} error={error} onSubmit={submit}>
      <SegmentedControl
        label={text("signIn.kind")}
        selectedId={kind}
        onChange={({ detail }) => setKind(detail.selectedId === "root" ? "root" : "user")}
        options={[
          { id: "user", text: text("signIn.user") },
          { id: "root", text: text("signIn.root") },
        ]}
      />
      {kind === "user" ? (
        <Stack>
          <FormField label={text("signIn.account")}>
            <Input
              value={account}
              name="account"
              autoComplete="organization"
              readOnly={locked}
              autoFocus={!locked}
              onChange={({ detail }) => setAccount(detail.value)}
            />
          </FormField>
          <FormField label={text("signIn.name")}>
            <Input
              value={name}
              name="username"
              autoComplete="username"
              autoFocus={locked}
              onChange={({ detail }) => setName(detail.value)}
            />
          </FormField>
        </Stack>
      ) : (
        <FormField label={text("signIn.email")}>
          <Input
            value={email}
            type="email"
            name="email"
            autoComplete="username"
            onChange={({ detail }) => setEmail(detail.value)}
          />
        </FormField>
      )}
      <FormField label={text("signIn.password")}>
        <Input
          value={password}
          type="password"
          name="password"
          autoComplete="current-password"
          onChange={({ detail }) => setPassword(detail.value)}
        />
      </FormField>
    </StepForm>
  );
}
