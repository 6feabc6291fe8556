import { ChangePasswordCommand } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct } from "@/api/load";
import { Page } from "@/components/page";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { AccessKeysPanel } from "@/pages/users/access-keys-panel";
import { MfaPanel } from "@/pages/users/mfa-panel";
import { useSession } from "@/session/session-context";

function PasswordForm() {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [old, setOld] = useState("");
  const [chosen, setChosen] = useState("");
  const [again, setAgain] = useState("");
  const [done, setDone] = useState(false);
  const submit = () =>
    run(async () => {
      setDone(false);
      await iam.send(new ChangePasswordCommand({ OldPassword: old, NewPassword: chosen }));
      [setOld, setChosen, setAgain].forEach((clear) => clear(""));
      setDone(true);
    });
  const field = (label: string, value: string, set: (value: string) => void, complete: string) => (
    <FormField label={label}>
      <Input value={value} type="password" autoComplete={complete} onChange={({ detail }) => set(detail.value)} />
    </FormField>
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Container header={<Header variant="h2">{text("security.password")}</Header>}>
        <Stack>
          {error !== undefined && <Refusal error={error} />}
          {done && <Alert type="success">{text("security.changed")}</Alert>}
          {field(text("security.old"), old, setOld, "current-password")}
          {field(text("signIn.chosen"), chosen, setChosen, "new-password")}
          {field(text("signIn.again"), again, setAgain, "new-password")}
          <Button formAction="submit" loading={busy} disabled={old === "" || chosen === "" || chosen !== again}>
            {text("security.change")}
          </Button>
        </Stack>
      </Container>
    </form>
  );
}

/** One's own password, MFA devices and access keys. */
export function Component() {
  const text = useText();
  const { kind, name } = useSession();
  const user = kind === "user" ? name : undefined;
  return (
    <Page title={text("nav.mySecurity")}>
      {kind === "role" || kind === "federated" ? (
        <Alert type="info">{text("security.role")}</Alert>
      ) : (
        <>
          {kind === "user" && <PasswordForm />}
          <MfaPanel user={user} />
          <AccessKeysPanel user={user} />
        </>
      )}
    </Page>
  );
}
