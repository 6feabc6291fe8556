import {
  CreateAccountAliasCommand,
  DeleteAccountAliasCommand,
  ListAccountAliasesCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { Copy } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

/** The account's alias: a name that people can sign in and switch roles with. */
export function AliasPanel() {
  const text = useText();
  const iam = useIam();
  const { account } = useSession();
  const { run, busy, error } = useAct();
  const [edited, setEdited] = useState<string>();
  const loaded = useLoad("alias", async () => {
    const { AccountAliases = [] } = await iam.send(new ListAccountAliasesCommand({}));
    return AccountAliases[0] ?? "";
  });
  const alias = loaded.value ?? "";
  const save = async () => {
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: edited }));
    loaded.reload();
  };
  const remove = () =>
    run(async () => {
      await iam.send(new DeleteAccountAliasCommand({ AccountAlias: alias }));
      loaded.reload();
    });
  const trouble = error ?? loaded.error;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={text("settings.aliasHelp")}
          actions={
            <Stack row size="xs">
              {alias !== "" && (
                <Button loading={busy} onClick={() => void remove()}>
                  {text("delete.button")}
                </Button>
              )}
              <Button onClick={() => setEdited(alias)}>{text("form.edit")}</Button>
            </Stack>
          }
        >
          {text("settings.alias")}
        </Header>
      }
    >
      <Stack size="s">
        {trouble !== undefined && <Refusal error={trouble} instead={error === undefined ? "part" : undefined} />}
        <KeyValuePairs
          columns={3}
          items={[
            { label: text("dashboard.account"), value: <Copy value={account} /> },
            { label: text("settings.alias"), value: alias === "" ? "-" : <Copy value={alias} /> },
            {
              label: text("dashboard.signInLink"),
              value: <Copy value={`${window.location.origin}/_console/signin/${alias || account}`} />,
            },
          ]}
        />
      </Stack>
      {edited !== undefined && (
        <Dialog
          title={text("settings.alias")}
          button={text("form.save")}
          disabled={edited === "" || edited === alias}
          onSubmit={save}
          onClose={() => setEdited(undefined)}
        >
          <FormField label={text("settings.alias")} constraintText={text("settings.aliasRule")}>
            <Input value={edited} onChange={({ detail }) => setEdited(detail.value)} />
          </FormField>
        </Dialog>
      )}
    </Container>
  );
}
