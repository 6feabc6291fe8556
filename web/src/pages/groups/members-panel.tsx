import { AddUserToGroupCommand, RemoveUserFromGroupCommand, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { type Loaded, useAct } from "@/api/load";
import { Dialog } from "@/components/dialog";
import { InternalLink } from "@/components/internal-link";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";
import { useUsers } from "@/iam/use-users";

interface Props {
  group: string;
  users: User[];
  loaded: Loaded<unknown>;
}

function AddMembers({ group, users, onDone, onClose }: { group: string; users: User[]; onDone: () => void; onClose: () => void }) {
  const text = useText();
  const iam = useIam();
  const [chosen, setChosen] = useState<User[]>([]);
  const all = useUsers();
  const members = new Set(users.map(({ UserName }) => UserName));
  const add = async () => {
    for (const { UserName } of chosen) await iam.send(new AddUserToGroupCommand({ GroupName: group, UserName }));
    onDone();
  };
  return (
    <Dialog
      title={text("groups.addUsers")}
      button={text("groups.addUsers")}
      size="large"
      disabled={chosen.length === 0}
      onSubmit={add}
      onClose={onClose}
    >
      <ResourceTable
        variant="embedded"
        title={text("nav.users")}
        loaded={{ ...all, value: all.value?.filter(({ UserName }) => !members.has(UserName)) }}
        id={({ UserName = "" }) => UserName}
        empty={text("groups.noMoreUsers")}
        selection={{ kind: "multi", items: chosen, onChange: setChosen }}
        columns={[{ id: "name", header: text("users.name"), value: ({ UserName }) => UserName }]}
      />
    </Dialog>
  );
}

/** The users of a group; added and removed here. */
export function MembersPanel({ group, users, loaded }: Props) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<User[]>([]);
  const [adding, setAdding] = useState(false);
  const remove = () =>
    run(async () => {
      for (const { UserName } of chosen) await iam.send(new RemoveUserFromGroupCommand({ GroupName: group, UserName }));
      setChosen([]);
      loaded.reload();
    });
  return (
    <>
      <ResourceTable
        title={text("nav.users")}
        loaded={{ ...loaded, value: users }}
        error={error}
        id={({ UserName = "" }) => UserName}
        empty={text("groups.noUsers")}
        selection={{ kind: "multi", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={chosen.length === 0} loading={busy} onClick={() => void remove()}>
              {text("permissions.remove")}
            </Button>
            <Button onClick={() => setAdding(true)}>{text("groups.addUsers")}</Button>
          </>
        }
        columns={[
          {
            id: "name",
            header: text("users.name"),
            value: ({ UserName }) => UserName,
            cell: ({ UserName = "" }) => <InternalLink to={pageOf("user", UserName)}>{UserName}</InternalLink>,
          },
          { id: "arn", header: "ARN", value: ({ Arn }) => Arn },
        ]}
      />
      {adding && <AddMembers group={group} users={users} onDone={loaded.reload} onClose={() => setAdding(false)} />}
    </>
  );
}
