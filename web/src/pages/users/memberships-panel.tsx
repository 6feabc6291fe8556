import { type Group, ListGroupsForUserCommand, RemoveUserFromGroupCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { InternalLink } from "@/components/internal-link";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";

/** The groups that a user is in; joining is done on the group's page. */
export function MembershipsPanel({ user: UserName }: { user: string }) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<Group[]>([]);
  const loaded = useLoad(UserName, () =>
    allPages(
      (Marker) => iam.send(new ListGroupsForUserCommand({ UserName, Marker })),
      ({ Groups }) => Groups,
    ),
  );
  const leave = () =>
    run(async () => {
      for (const { GroupName } of chosen) await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
      setChosen([]);
      loaded.reload();
    });
  return (
    <ResourceTable
      title={text("nav.groups")}
      loaded={loaded}
      error={error}
      id={({ GroupName = "" }) => GroupName}
      empty={text("users.noGroups")}
      selection={{ kind: "multi", items: chosen, onChange: setChosen }}
      actions={
        <Button disabled={chosen.length === 0} loading={busy} onClick={() => void leave()}>
          {text("permissions.remove")}
        </Button>
      }
      columns={[
        {
          id: "name",
          header: text("groups.name"),
          value: ({ GroupName }) => GroupName,
          cell: ({ GroupName = "" }) => <InternalLink to={pageOf("group", GroupName)}>{GroupName}</InternalLink>,
        },
        { id: "arn", header: "ARN", value: ({ Arn }) => Arn },
      ]}
    />
  );
}
