import { ListEntitiesForPolicyCommand } from "@aws-sdk/client-iam";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { InternalLink } from "@/components/internal-link";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { type Kind, KINDS, pageOf } from "@/iam/entities";

/** Who a managed policy is attached to, or is the boundary of. */
export function EntitiesPanel({ arn }: { arn: string }) {
  const text = useText();
  const iam = useIam();
  const loaded = useLoad(arn, () =>
    allPages(
      (Marker) => iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: arn, Marker })),
      ({ PolicyUsers = [], PolicyGroups = [], PolicyRoles = [] }): { kind: Kind; name: string }[] => [
        ...PolicyGroups.map(({ GroupName = "" }) => ({ kind: "group" as const, name: GroupName })),
        ...PolicyUsers.map(({ UserName = "" }) => ({ kind: "user" as const, name: UserName })),
        ...PolicyRoles.map(({ RoleName = "" }) => ({ kind: "role" as const, name: RoleName })),
      ],
    ),
  );
  return (
    <ResourceTable
      title={text("policies.entities")}
      loaded={loaded}
      id={({ kind, name }) => `${kind} ${name}`}
      empty={text("policies.noEntities")}
      columns={[
        {
          id: "name",
          header: text("entity.name"),
          value: ({ name }) => name,
          cell: ({ kind, name }) => <InternalLink to={pageOf(kind, name)}>{name}</InternalLink>,
        },
        { id: "kind", header: text("entity.kind"), value: ({ kind }) => text(KINDS[kind].title) },
      ]}
    />
  );
}
