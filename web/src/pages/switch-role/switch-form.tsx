import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { useAct } from "@/api/load";
import { ButtonLink } from "@/components/button-link";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { COLORS, cssColor } from "@/session/colors";
import { useSwitching } from "@/session/use-switching";

import { SwitchRefusal } from "./switch-refusal";

const DISPLAY_NAME_LIMIT = 64;

interface Props {
  account: string;
  roleName: string;
  displayName: string;
  color: string;
}

export function SwitchForm(given: Props) {
  const text = useText();
  const { enter } = useSwitching();
  const { run, busy, error } = useAct();
  const [account, setAccount] = useState(given.account);
  const [roleName, setRoleName] = useState(given.roleName);
  const [displayName, setDisplayName] = useState(given.displayName.slice(0, DISPLAY_NAME_LIMIT));
  const known = COLORS.find(({ value }) => value === given.color.replace("#", "").toLowerCase());
  const [color, setColor] = useState(known?.value ?? "");
  const options = COLORS.map(({ value, name }) => ({
    value,
    label: text(name),
    ...(value !== "" && {
      iconSvg: (
        <svg viewBox="0 0 16 16" aria-hidden focusable="false">
          <rect x="1" y="1" width="14" height="14" rx="3" fill={cssColor(value)} stroke="none" />
        </svg>
      ),
    }),
  }));
  const role = {
    account: account.trim().replaceAll(/(?<=\d)-(?=\d)/g, ""),
    roleName: roleName.trim(),
    ...(displayName.trim() !== "" && { displayName: displayName.trim() }),
    ...(color !== "" && { color }),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => enter(role));
      }}
    >
      <Form
        actions={
          <Stack row size="xs">
            <ButtonLink to="/" variant="link">
              {text("form.cancel")}
            </ButtonLink>
            <Button variant="primary" loading={busy} formAction="submit" disabled={!role.account || !role.roleName}>
              {text("switch.button")}
            </Button>
          </Stack>
        }
      >
        <Stack>
          {error !== undefined && <SwitchRefusal error={error} />}
          <Container>
            <Stack>
              <FormField label={text("switch.account")} description={text("switch.accountHelp")}>
                <Input value={account} name="account" onChange={({ detail }) => setAccount(detail.value)} />
              </FormField>
              <FormField label={text("switch.roleName")} description={text("switch.roleNameHelp")}>
                <Input value={roleName} name="roleName" onChange={({ detail }) => setRoleName(detail.value)} />
              </FormField>
              <FormField label={text("switch.displayName")} description={text("switch.displayNameHelp")}>
                <Input
                  value={displayName}
                  name="displayName"
                  onChange={({ detail }) => setDisplayName(detail.value.slice(0, DISPLAY_NAME_LIMIT))}
                />
              </FormField>
              <FormField label={text("switch.color")} description={text("switch.colorHelp")}>
                <Select
                  options={options}
                  selectedOption={options.find(({ value }) => value === color) ?? null}
                  onChange={({ detail }) => setColor(detail.selectedOption.value ?? "")}
                  triggerVariant="option"
                />
              </FormField>
            </Stack>
          </Container>
        </Stack>
      </Form>
    </form>
  );
}
