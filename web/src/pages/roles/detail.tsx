import { DeleteRoleCommand, GetRoleCommand, UpdateRoleCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { DeleteDialog } from "@/components/delete-dialog";
import { LoadedPage } from "@/components/loaded-page";
import { PageTabs } from "@/components/page-tabs";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { stripPermissions } from "@/iam/delete";
import { decoded } from "@/iam/permissions";
import { PermissionsTab } from "@/iam/permissions-tab";
import { TagsPanel } from "@/iam/tags-panel";

import { EditRole } from "./edit-role";
import { RoleSummary } from "./role-summary";
import { TrustPanel } from "./trust-panel";

/** One role: its link for switching, permissions, trust relationships, tags. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { name: RoleName = "" } = useParams();
  const [deleting, setDeleting] = useState(false);
  const [editing, setEditing] = useState(false);
  const loaded = useLoad(RoleName, async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return { role: Role, trust: decoded(Role?.AssumeRolePolicyDocument) };
  });
  const remove = async () => {
    await stripPermissions(iam, "role", RoleName);
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await navigate("/iam/roles");
  };
  return (
    <LoadedPage
      title={RoleName}
      above={[{ text: text("nav.roles"), to: "/iam/roles" }]}
      loaded={loaded}
      actions={() => (
        <Stack row size="xs">
          <Button onClick={() => setDeleting(true)}>{text("delete.button")}</Button>
          <Button onClick={() => setEditing(true)}>{text("form.edit")}</Button>
        </Stack>
      )}
    >
      {({ role, trust }) => (
        <>
          <RoleSummary role={role} trust={trust} />
          <PageTabs
            tabs={[
              {
                id: "permissions",
                label: text("permissions.tab"),
                content: (
                  <PermissionsTab
                    kind="role"
                    name={RoleName}
                    boundary={role?.PermissionsBoundary?.PermissionsBoundaryArn}
                    onChange={loaded.reload}
                  />
                ),
              },
              { id: "trust", label: text("roles.trust"), content: <TrustPanel role={RoleName} document={trust} /> },
              { id: "tags", label: text("tags.title"), content: <TagsPanel kind="role" name={RoleName} /> },
            ]}
          />
          {deleting && (
            <DeleteDialog name={RoleName} onDelete={remove} onClose={() => setDeleting(false)}>
              {text("roles.deleteHelp")}
            </DeleteDialog>
          )}
          {editing && (
            <EditRole
              description={role?.Description ?? ""}
              duration={role?.MaxSessionDuration ?? 3600}
              onSave={async (Description, MaxSessionDuration) => {
                await iam.send(new UpdateRoleCommand({ RoleName, Description, MaxSessionDuration }));
                loaded.reload();
              }}
              onClose={() => setEditing(false)}
            />
          )}
        </>
      )}
    </LoadedPage>
  );
}
