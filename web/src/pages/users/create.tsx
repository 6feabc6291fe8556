import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  type Group,
  ListGroupsCommand,
} from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { useNavigate } from "react-router";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { ResourceTable } from "@/components/resource-table";
import { filledTags, type Tag, TagsField } from "@/components/tags-field";
import { WizardPage } from "@/components/wizard-page";
import { useText } from "@/i18n";
import { nameOf, pageOf } from "@/iam/entities";
import { PolicyPicker } from "@/iam/policy-picker";

import { type Access, AccessFields, accessProblem, NO_ACCESS } from "./access-fields";

/** Create a user: name and password, groups and policies, review. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [access, setAccess] = useState<Access>(NO_ACCESS);
  const [groups, setGroups] = useState<Group[]>([]);
  const [policies, setPolicies] = useState<string[]>([]);
  const [tags, setTags] = useState<Tag[]>([]);
  const found = useLoad("groups", () =>
    allPages(
      (Marker) => iam.send(new ListGroupsCommand({ Marker, MaxItems: 1000 })),
      ({ Groups }) => Groups,
    ),
  );
  const create = async () => {
    const UserName = name;
    await iam.send(new CreateUserCommand({ UserName, Tags: filledTags(tags) }));
    if (access.console) {
      const { password: Password, change: PasswordResetRequired } = access;
      await iam.send(new CreateLoginProfileCommand({ UserName, Password, PasswordResetRequired }));
    }
    for (const { GroupName } of groups) await iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
    for (const PolicyArn of policies) await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    await navigate(pageOf("user", UserName));
  };
  const problem = name === "" ? text("form.nameMissing") : accessProblem(access, text);
  return (
    <WizardPage
      title={text("users.create")}
      above={[{ text: text("nav.users"), to: "/iam/users" }]}
      button={text("users.create")}
      onSubmit={create}
      steps={[
        {
          title: text("users.details"),
          error: problem,
          content: <AccessFields name={name} onName={setName} access={access} onAccess={setAccess} />,
        },
        {
          title: text("permissions.tab"),
          optional: true,
          content: (
            <>
              <ResourceTable
                title={text("users.addToGroups")}
                loaded={found}
                id={({ GroupName = "" }) => GroupName}
                empty={text("groups.empty")}
                selection={{ kind: "multi", items: groups, onChange: setGroups }}
                columns={[{ id: "name", header: text("groups.name"), value: ({ GroupName }) => GroupName }]}
              />
              <PolicyPicker chosen={policies} onChange={setPolicies} />
            </>
          ),
        },
        {
          title: text("wizard.review"),
          content: (
            <>
              <Container header={<Header variant="h2">{text("users.details")}</Header>}>
                <KeyValuePairs
                  columns={3}
                  items={[
                    { label: text("users.name"), value: name },
                    { label: text("users.console"), value: text(access.console ? "form.yes" : "form.no") },
                    { label: text("nav.groups"), value: groups.map(({ GroupName }) => GroupName).join(", ") || "-" },
                    { label: text("nav.policies"), value: policies.map(nameOf).join(", ") || "-" },
                  ]}
                />
              </Container>
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
