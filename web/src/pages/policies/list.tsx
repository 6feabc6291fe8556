import { useState } from "react";

import { ButtonLink } from "@/components/button-link";
import { Moment } from "@/components/date";
import { InternalLink } from "@/components/internal-link";
import { ResourceTable } from "@/components/resource-table";
import { ListPage } from "@/components/list-page";
import { useText } from "@/i18n";
import { isManagedByAws, policyPage } from "@/iam/entities";
import { ScopeSelect, usePolicies } from "@/iam/policy-picker";

export function Component() {
  const text = useText();
  const [scope, setScope] = useState<"All" | "AWS" | "Local">("All");
  const loaded = usePolicies(scope);
  return (
    <ListPage title={text("nav.policies")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.policies")}
        description={text("policies.what")}
        loaded={loaded}
        id={({ Arn = "" }) => Arn}
        empty={text("policies.empty")}
        actions={
          <ButtonLink variant="primary" to="/iam/policies/-/new">
            {text("policies.create")}
          </ButtonLink>
        }
        filter={<ScopeSelect scope={scope} onChange={setScope} />}
        columns={[
          {
            id: "name",
            header: text("policies.name"),
            value: ({ PolicyName }) => PolicyName,
            cell: ({ PolicyName, Arn = "" }) => <InternalLink to={policyPage(Arn)}>{PolicyName}</InternalLink>,
          },
          {
            id: "type",
            header: text("policies.type"),
            value: ({ Arn = "" }) => text(isManagedByAws(Arn) ? "policies.aws" : "policies.customer"),
            width: 170,
          },
          { id: "used", header: text("policies.attachedTo"), value: ({ AttachmentCount }) => AttachmentCount },
          {
            id: "changed",
            header: text("entity.changed"),
            value: ({ UpdateDate }) => UpdateDate?.getTime(),
            cell: ({ UpdateDate }) => <Moment at={UpdateDate} />,
          },
        ]}
      />
    </ListPage>
  );
}
