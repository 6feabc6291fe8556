import { ListRolesCommand } from "@aws-sdk/client-iam";

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
import { decoded } from "@/iam/permissions";
import { trustedIn } from "@/iam/trust";

export function Component() {
  const text = useText();
  const iam = useIam();
  const loaded = useLoad("roles", () =>
    allPages(
      (Marker) => iam.send(new ListRolesCommand({ Marker, MaxItems: 1000 })),
      ({ Roles }) =>
        Roles?.map((role) => ({ ...role, trusted: trustedIn(decoded(role.AssumeRolePolicyDocument)) })),
    ),
  );
  return (
    <ListPage title={text("nav.roles")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.roles")}
        description={text("roles.what")}
        loaded={loaded}
        id={({ RoleName = "" }) => RoleName}
        empty={text("roles.empty")}
        actions={
          <ButtonLink variant="primary" to="/iam/roles/-/new">
            {text("roles.create")}
          </ButtonLink>
        }
        columns={[
          {
            id: "name",
            header: text("roles.name"),
            value: ({ RoleName }) => RoleName,
            cell: ({ RoleName = "" }) => <InternalLink to={pageOf("role", RoleName)}>{RoleName}</InternalLink>,
          },
          { id: "trusted", header: text("roles.trusted"), value: ({ trusted }) => trusted, width: 170 },
          {
            id: "description",
            header: text("form.description"),
            value: ({ Description }) => Description,
            cell: ({ Description = "-" }) => (
              <span className="short" title={Description}>
                {Description}
              </span>
            ),
            width: 260,
          },
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
