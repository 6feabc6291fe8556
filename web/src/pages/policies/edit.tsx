import { CreatePolicyVersionCommand, GetPolicyCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { useNavigate, useParams } from "react-router";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { LoadedPage } from "@/components/loaded-page";
import { useText } from "@/i18n";
import { nameOf, policyPage } from "@/iam/entities";
import { decoded } from "@/iam/permissions";
import { PolicyEditPage } from "@/policy/policy-edit-page";

/** Change a managed policy: saves a new version, which holds at once. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { arn: PolicyArn = "" } = useParams();
  const above = [
    { text: text("nav.policies"), to: "/iam/policies" },
    { text: nameOf(PolicyArn), to: policyPage(PolicyArn) },
  ];
  const loaded = useLoad(PolicyArn, async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
    return decoded((await iam.send(version)).PolicyVersion?.Document);
  });
  if (loaded.value === undefined) {
    return (
      <LoadedPage title={text("policies.edit")} above={above} loaded={loaded}>
        {() => null}
      </LoadedPage>
    );
  }
  return (
    <PolicyEditPage
      title={text("policies.edit")}
      description={text("policies.editHelp")}
      above={above}
      initial={loaded.value}
      type="IDENTITY_POLICY"
      onSave={async (PolicyDocument) => {
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
        await navigate(policyPage(PolicyArn));
      }}
    />
  );
}
