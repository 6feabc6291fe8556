import { GetUserCommand } from "@aws-sdk/client-iam";
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
import { PermissionsTab } from "@/iam/permissions-tab";
import { TagsPanel } from "@/iam/tags-panel";

import { CredentialsPanels } from "./credentials-panels";
import { deleteUser } from "./delete-user";
import { MembershipsPanel } from "./memberships-panel";

/** One user: permissions, groups, credentials, tags. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { name: UserName = "" } = useParams();
  const [deleting, setDeleting] = useState(false);
  const loaded = useLoad(UserName, async () => (await iam.send(new GetUserCommand({ UserName }))).User ?? null);
  return (
    <LoadedPage
      title={UserName}
      above={[{ text: text("nav.users"), to: "/iam/users" }]}
      loaded={loaded}
      actions={() => <Button onClick={() => setDeleting(true)}>{text("delete.button")}</Button>}
    >
      {(user) => (
        <>
          <Container header={<Header variant="h2">{text("entity.summary")}</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: "ARN", value: <Copy value={user?.Arn ?? ""} /> },
                { label: text("entity.created"), value: <Moment at={user?.CreateDate} /> },
                { label: text("users.passwordUsed"), value: <Moment at={user?.PasswordLastUsed} /> },
              ]}
            />
          </Container>
          <PageTabs
            tabs={[
              {
                id: "permissions",
                label: text("permissions.tab"),
                content: (
                  <PermissionsTab
                    kind="user"
                    name={UserName}
                    boundary={user?.PermissionsBoundary?.PermissionsBoundaryArn}
                    onChange={loaded.reload}
                  />
                ),
              },
              { id: "groups", label: text("nav.groups"), content: <MembershipsPanel user={UserName} /> },
              {
                id: "credentials",
                label: text("nav.mySecurity"),
                content: <CredentialsPanels user={UserName} />,
              },
              { id: "tags", label: text("tags.title"), content: <TagsPanel kind="user" name={UserName} /> },
            ]}
          />
          {deleting && (
            <DeleteDialog
              name={UserName}
              onDelete={async () => {
                await deleteUser(iam, UserName);
                await navigate("/iam/users");
              }}
              onClose={() => setDeleting(false)}
            >
              {text("users.deleteHelp")}
            </DeleteDialog>
          )}
        </>
      )}
    </LoadedPage>
  );
}
