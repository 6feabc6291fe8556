import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

import { Stack } from "@/components/stack";
import { type Text, useText } from "@/i18n";

/** Whether and how a user may sign in to the console. */
export interface Access {
  console: boolean;
  password: string;
  change: boolean;
}

export const NO_ACCESS: Access = { console: false, password: "", change: true };

export function accessProblem({ console, password }: Access, text: Text): string | undefined {
  return console && password === "" ? text("users.passwordMissing") : undefined;
}

export function PasswordFields({ access, onAccess }: { access: Access; onAccess: (access: Access) => void }) {
  const text = useText();
  return (
    <>
      <FormField label={text("signIn.password")}>
        <Input
          value={access.password}
          type="password"
          autoComplete="new-password"
          onChange={({ detail }) => onAccess({ ...access, password: detail.value })}
        />
      </FormField>
      <Checkbox checked={access.change} onChange={({ detail }) => onAccess({ ...access, change: detail.checked })}>
        {text("users.mustChange")}
      </Checkbox>
    </>
  );
}

interface Props {
  name: string;
  onName: (name: string) => void;
  access: Access;
  onAccess: (access: Access) => void;
}

export function AccessFields({ name, onName, access, onAccess }: Props) {
  const text = useText();
  return (
    <Container>
      <Stack>
        <FormField label={text("users.name")} constraintText={text("form.nameRule")}>
          <Input value={name} name="userName" autoComplete={false} onChange={({ detail }) => onName(detail.value)} />
        </FormField>
        <Checkbox checked={access.console} onChange={({ detail }) => onAccess({ ...access, console: detail.checked })}>
          {text("users.consoleAccess")}
        </Checkbox>
        {access.console && <PasswordFields access={access} onAccess={onAccess} />}
      </Stack>
    </Container>
  );
}
