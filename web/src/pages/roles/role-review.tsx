import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";

import { Stack } from "@/components/stack";
import { type Tag, TagsField } from "@/components/tags-field";
import { useText } from "@/i18n";
import { nameOf } from "@/iam/entities";

interface Props {
  name: string;
  onName: (name: string) => void;
  description: string;
  onDescription: (description: string) => void;
  trust: string;
  policies: string[];
  tags: Tag[];
  onTags: (tags: Tag[]) => void;
}

/** The last step of creating a role: its name, and all that was chosen. */
export function RoleReview(props: Props) {
  const text = useText();
  return (
    <>
      <Container header={<Header variant="h2">{text("roles.details")}</Header>}>
        <Stack>
          <FormField label={text("roles.name")} constraintText={text("form.nameRule")}>
            <Input value={props.name} name="roleName" onChange={({ detail }) => props.onName(detail.value)} />
          </FormField>
          <FormField label={text("form.descriptionOptional")}>
            <Textarea
              value={props.description}
              rows={2}
              onChange={({ detail }) => props.onDescription(detail.value)}
            />
          </FormField>
        </Stack>
      </Container>
      <Container header={<Header variant="h2">{text("roles.trustPolicy")}</Header>}>
        <Box variant="code">
          <pre className="code">{props.trust}</pre>
        </Box>
      </Container>
      <Container header={<Header variant="h2">{text("permissions.title")}</Header>}>
        {props.policies.length === 0 ? (
          <Box color="text-body-secondary">{text("permissions.empty")}</Box>
        ) : (
          props.policies.map((arn) => <div key={arn}>{nameOf(arn)}</div>)
        )}
      </Container>
      <Container header={<Header variant="h2">{text("tags.optional")}</Header>}>
        <TagsField tags={props.tags} onChange={props.onTags} />
      </Container>
    </>
  );
}
