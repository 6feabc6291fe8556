import {
  DeleteGroupCommand,
  GetGroupCommand,
  type IAMClient,
  RemoveUserFromGroupCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { DeleteDialog } from "@/components/delete-dialog";
import { LoadedPage } from "@/components/loaded-page";
import { PageTabs } from "@/components/page-tabs";
import { useText } from "@/i18n";
import { stripPermissions } from "@/iam/delete";
import { PermissionsPanel } from "@/iam/permissions-panel";

import { MembersPanel } from "./members-panel";

async function deleteGroup(iam: IAMClient, GroupName: string, members: string[]) {
  await stripPermissions(iam, "group", GroupName);
  for (const UserName of members) await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
  await iam.send(new DeleteGroupCommand({ GroupName }));
}

/** One group: its members and its policies. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { name: GroupName = "" } = useParams();
  const [deleting, setDeleting] = useState(false);
  const loaded = useLoad(GroupName, () => iam.send(new GetGroupCommand({ GroupName, MaxItems: 1000 })));
  return (
    <LoadedPage
      title={GroupName}
      above={[{ text: text("nav.groups"), to: "/iam/groups" }]}
      loaded={loaded}
      actions={() => <Button onClick={() => setDeleting(true)}>{text("delete.button")}</Button>}
    >
      {({ Group, Users = [] }) => (
        <>
          <Container header={<Header variant="h2">{text("entity.summary")}</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: "ARN", value: <Copy value={Group?.Arn ?? ""} /> },
                { label: text("entity.created"), value: <Moment at={Group?.CreateDate} /> },
              ]}
            />
          </Container>
          <PageTabs
            tabs={[
              {
                id: "permissions",
                label: text("permissions.tab"),
                content: <PermissionsPanel kind="group" name={GroupName} />,
              },
              {
                id: "users",
                label: `${text("nav.users")} (${Users.length})`,
                content: <MembersPanel group={GroupName} users={Users} loaded={loaded} />,
              },
            ]}
          />
          {deleting && (
            <DeleteDialog
              name={GroupName}
              onDelete={async () => {
                await deleteGroup(iam, GroupName, Users.flatMap(({ UserName }) => UserName ?? []));
                await navigate("/iam/groups");
              }}
              onClose={() => setDeleting(false)}
            >
              {text("groups.deleteHelp", { count: Users.length })}
            </DeleteDialog>
          )}
        </>
      )}
    </LoadedPage>
  );
}
