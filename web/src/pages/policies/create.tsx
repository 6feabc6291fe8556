import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useIam } from "@/api/iam";
import { Stack } from "@/components/stack";
import { filledTags, type Tag, TagsField } from "@/components/tags-field";
import { WizardPage } from "@/components/wizard-page";
import { useText } from "@/i18n";
import { policyPage } from "@/iam/entities";
import { hasErrors, PolicyField, useCheckedPolicy } from "@/policy/policy-field";
import { PolicySummary } from "@/policy/summary";
import { EMPTY_POLICY } from "@/policy/templates";

/** Create a customer-managed policy: its text, then a review of what it grants. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { document, setDocument, findings } = useCheckedPolicy(EMPTY_POLICY, "IDENTITY_POLICY");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<Tag[]>([]);
  const create = async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: name,
        PolicyDocument: document,
        ...(description !== "" && { Description: description }),
        Tags: filledTags(tags),
      }),
    );
    await navigate(policyPage(Policy?.Arn ?? ""));
  };
  return (
    <WizardPage
      title={text("policies.create")}
      above={[{ text: text("nav.policies"), to: "/iam/policies" }]}
      button={text("policies.create")}
      onSubmit={create}
      steps={[
        {
          title: text("policies.specify"),
          description: text("policies.specifyHelp"),
          error: hasErrors(findings) ? text("editor.errors") : undefined,
          content: (
            <PolicyField title={text("editor.title")} value={document} onChange={setDocument} findings={findings} />
          ),
        },
        {
          title: text("policies.review"),
          error: name === "" ? text("form.nameMissing") : undefined,
          content: (
            <>
              <Container header={<Header variant="h2">{text("policies.details")}</Header>}>
                <Stack>
                  <FormField label={text("policies.name")} constraintText={text("form.nameRule")}>
                    <Input value={name} name="policyName" onChange={({ detail }) => setName(detail.value)} />
                  </FormField>
                  <FormField label={text("form.descriptionOptional")}>
                    <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
                  </FormField>
                </Stack>
              </Container>
              <PolicySummary document={document} />
              <Container header={<Header variant="h2">{text("tags.optional")}</Header>}>
                <TagsField tags={tags} onChange={setTags} />
              </Container>
            </>
          ),
        },
      ]}
    />
  );
}
