import { ListGroupsCommand } from "@aws-sdk/client-iam";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { ButtonLink } from "@/components/button-link";
import { Moment } from "@/components/date";
import { InternalLink } from "@/components/internal-link";
import { ListPage } from "@/components/list-page";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";

export function Component() {
  const text = useText();
  const iam = useIam();
  const loaded = useLoad("groups", () =>
    allPages(
      (Marker) => iam.send(new ListGroupsCommand({ Marker, MaxItems: 1000 })),
      ({ Groups }) => Groups,
    ),
  );
  return (
    <ListPage title={text("nav.groups")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.groups")}
        description={text("groups.what")}
        loaded={loaded}
        id={({ GroupName = "" }) => GroupName}
        empty={text("groups.empty")}
        actions={
          <ButtonLink variant="primary" to="/iam/groups/-/new">
            {text("groups.create")}
          </ButtonLink>
        }
        columns={[
          {
            id: "name",
            header: text("groups.name"),
            value: ({ GroupName }) => GroupName,
            cell: ({ GroupName = "" }) => <InternalLink to={pageOf("group", GroupName)}>{GroupName}</InternalLink>,
          },
          { id: "path", header: text("entity.path"), value: ({ Path }) => Path },
          {
            id: "created",
            header: text("entity.created"),
            value: ({ CreateDate }) => CreateDate?.getTime(),
            cell: ({ CreateDate }) => <Moment at={CreateDate} />,
          },
        ]}
      />
    </ListPage>
  );
}
