import { AttachGroupPolicyCommand, CreateGroupCommand } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useIam } from "@/api/iam";
import { FormPage } from "@/components/form-page";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";
import { PolicyPicker } from "@/iam/policy-picker";

export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [policies, setPolicies] = useState<string[]>([]);
  const create = async () => {
    await iam.send(new CreateGroupCommand({ GroupName: name }));
    for (const PolicyArn of policies) await iam.send(new AttachGroupPolicyCommand({ GroupName: name, PolicyArn }));
    await navigate(pageOf("group", name));
  };
  return (
    <FormPage
      title={text("groups.create")}
      above={[{ text: text("nav.groups"), to: "/iam/groups" }]}
      button={text("groups.create")}
      disabled={name === ""}
      onSubmit={create}
    >
      <Container>
        <FormField label={text("groups.name")} constraintText={text("form.nameRule")}>
          <Input value={name} name="groupName" onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      </Container>
      <PolicyPicker chosen={policies} onChange={setPolicies} />
    </FormPage>
  );
}
