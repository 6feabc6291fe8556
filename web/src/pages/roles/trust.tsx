import { GetRoleCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { useNavigate, useParams } from "react-router";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { LoadedPage } from "@/components/loaded-page";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";
import { decoded } from "@/iam/permissions";
import { PolicyEditPage } from "@/policy/policy-edit-page";

/** Change a role's trust policy. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { name: RoleName = "" } = useParams();
  const page = pageOf("role", RoleName);
  const above = [
    { text: text("nav.roles"), to: "/iam/roles" },
    { text: RoleName, to: page },
  ];
  const loaded = useLoad(RoleName, async () =>
    decoded((await iam.send(new GetRoleCommand({ RoleName }))).Role?.AssumeRolePolicyDocument),
  );
  if (loaded.value === undefined) {
    return (
      <LoadedPage title={text("roles.editTrust")} above={above} loaded={loaded}>
        {() => null}
      </LoadedPage>
    );
  }
  return (
    <PolicyEditPage
      title={text("roles.editTrust")}
      description={text("roles.trustHelp")}
      above={above}
      initial={loaded.value}
      type="RESOURCE_POLICY"
      onSave={async (PolicyDocument) => {
        await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
        await navigate(page);
      }}
    />
  );
}
