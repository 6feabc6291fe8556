import {
  CreateLoginProfileCommand,
  DeleteLoginProfileCommand,
  GetLoginProfileCommand,
  UpdateLoginProfileCommand,
} from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { failureOf } from "@/api/errors";
import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { Dialog } from "@/components/dialog";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { type Access, NO_ACCESS, PasswordFields } from "./access-fields";

/** A user's password for the console: given, changed and taken away. */
export function LoginPanel({ user: UserName }: { user: string }) {
  const text = useText();
  const iam = useIam();
  const { account, accountAlias = account } = useSession();
  const { run, busy, error } = useAct();
  const [access, setAccess] = useState<Access>();
  const loaded = useLoad(UserName, async () => {
    try {
      return (await iam.send(new GetLoginProfileCommand({ UserName }))).LoginProfile ?? null;
    } catch (caught) {
      if (failureOf(caught).code.startsWith("NoSuchEntity")) return null;
      throw caught;
    }
  });
  const profile = loaded.value;
  const save = async ({ password: Password, change: PasswordResetRequired }: Access) => {
    const input = { UserName, Password, PasswordResetRequired };
    await (profile ? iam.send(new UpdateLoginProfileCommand(input)) : iam.send(new CreateLoginProfileCommand(input)));
    loaded.reload();
  };
  const remove = () =>
    run(async () => {
      await iam.send(new DeleteLoginProfileCommand({ UserName }));
      loaded.reload();
    });
  return (
    <>
      <Panel
        title={text("users.console")}
        loaded={loaded}
        error={error}
        actions={
          <>
            {profile && (
              <Button loading={busy} onClick={() => void remove()}>
                {text("users.removePassword")}
              </Button>
            )}
            <Button disabled={profile === undefined} onClick={() => setAccess({ ...NO_ACCESS, console: true })}>
              {text(profile ? "users.changePassword" : "users.givePassword")}
            </Button>
          </>
        }
      >
        {(found) =>
          found === null ? (
            <Box color="text-body-secondary">{text("users.noPassword")}</Box>
          ) : (
            <>
              <Copy value={`${window.location.origin}/_console/signin/${accountAlias}`} />
              <Box>
                {text("users.passwordSince")} <Moment at={found.CreateDate} />
              </Box>
            </>
          )
        }
      </Panel>
      {access && (
        <Dialog
          title={text("users.console")}
          button={text("form.save")}
          disabled={access.password === ""}
          onSubmit={() => save(access)}
          onClose={() => setAccess(undefined)}
        >
          <PasswordFields access={access} onAccess={setAccess} />
        </Dialog>
      )}
    </>
  );
}
