import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { ButtonLink } from "@/components/button-link";
import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { DeleteDialog } from "@/components/delete-dialog";
import { LoadedPage } from "@/components/loaded-page";
import { PageTabs } from "@/components/page-tabs";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { isManagedByAws, nameOf, policyPage } from "@/iam/entities";
import { decoded } from "@/iam/permissions";
import { TagsPanel } from "@/iam/tags-panel";
import { PolicyView } from "@/policy/policy-view";

import { EntitiesPanel } from "./entities-panel";
import { VersionsPanel } from "./versions-panel";

/** One managed policy: what it grants, who has it, its versions and tags. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const navigate = useNavigate();
  const { arn: PolicyArn = "" } = useParams();
  const [deleting, setDeleting] = useState(false);
  const loaded = useLoad(PolicyArn, async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return { policy: Policy, document: decoded(PolicyVersion?.Document) };
  });
  const name = nameOf(PolicyArn);
  const own = !isManagedByAws(PolicyArn);
  const remove = async () => {
    const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    for (const { VersionId, IsDefaultVersion } of Versions) {
      if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    }
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    await navigate("/iam/policies");
  };
  return (
    <LoadedPage
      title={name}
      above={[{ text: text("nav.policies"), to: "/iam/policies" }]}
      loaded={loaded}
      actions={() =>
        own && (
          <Stack row size="xs">
            <Button onClick={() => setDeleting(true)}>{text("delete.button")}</Button>
            <ButtonLink variant="primary" to={`${policyPage(PolicyArn)}/edit`}>
              {text("policies.edit")}
            </ButtonLink>
          </Stack>
        )
      }
    >
      {({ policy, document }) => (
        <>
          <Container header={<Header variant="h2">{text("entity.summary")}</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: "ARN", value: <Copy value={PolicyArn} /> },
                { label: text("policies.type"), value: text(own ? "policies.customer" : "policies.aws") },
                { label: text("entity.created"), value: <Moment at={policy?.CreateDate} /> },
                { label: text("form.description"), value: policy?.Description ?? "-" },
              ]}
            />
          </Container>
          <PageTabs
            tabs={[
              { id: "permissions", label: text("permissions.tab"), content: <PolicyView document={document} /> },
              { id: "entities", label: text("policies.entities"), content: <EntitiesPanel arn={PolicyArn} /> },
              ...(own
                ? [
                    {
                      id: "versions",
                      label: text("policies.versions"),
                      content: <VersionsPanel arn={PolicyArn} onChange={loaded.reload} />,
                    },
                    { id: "tags", label: text("tags.title"), content: <TagsPanel kind="policy" name={PolicyArn} /> },
                  ]
                : []),
            ]}
          />
          {deleting && (
            <DeleteDialog name={name} onDelete={remove} onClose={() => setDeleting(false)}>
              {text("policies.deleteHelp")}
            </DeleteDialog>
          )}
        </>
      )}
    </LoadedPage>
  );
}
