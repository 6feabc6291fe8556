import { AttachRolePolicyCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { filledTags, type Tag } from "@/components/tags-field";
import { WizardPage } from "@/components/wizard-page";
import { useText } from "@/i18n";
import { ownerOf } from "@/iam/entities";
import { PolicyPicker } from "@/iam/policy-picker";
import { type Trusted, trustPolicy } from "@/iam/trust";
import { useSession } from "@/session/session-context";

import { RoleMade } from "./role-made";
import { RoleReview } from "./role-review";
import { TrustedFields, trustedProblem } from "./trusted-fields";

/** Create a role: whom it trusts, what it may do, review; the last page has the link for switching to it. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const { arn } = useSession();
  const [trusted, setTrusted] = useState<Trusted>({ kind: "account", account: "", externalId: "", mfa: false });
  const [policies, setPolicies] = useState<string[]>([]);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<Tag[]>([]);
  const [made, setMade] = useState<string>();
  const trust = trustPolicy(trusted, ownerOf(arn).partition);
  const create = async () => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: trust,
        ...(description !== "" && { Description: description }),
        Tags: filledTags(tags),
      }),
    );
    for (const PolicyArn of policies) await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
    setMade(name);
  };
  if (made !== undefined) return <RoleMade name={made} trust={trust} />;
  return (
    <WizardPage
      title={text("roles.create")}
      above={[{ text: text("nav.roles"), to: "/iam/roles" }]}
      button={text("roles.create")}
      onSubmit={create}
      steps={[
        {
          title: text("roles.selectTrusted"),
          error: trustedProblem(trusted, text),
          content: <TrustedFields trusted={trusted} onChange={setTrusted} />,
        },
        {
          title: text("roles.addPermissions"),
          content: <PolicyPicker chosen={policies} onChange={setPolicies} />,
          optional: true,
        },
        {
          title: text("roles.nameAndReview"),
          error: name === "" ? text("form.nameMissing") : undefined,
          content: (
            <RoleReview
              {...{ name, description, trust, policies, tags }}
              onName={setName}
              onDescription={setDescription}
              onTags={setTags}
            />
          ),
        },
      ]}
    />
  );
}
