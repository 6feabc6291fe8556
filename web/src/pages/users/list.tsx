import { ButtonLink } from "@/components/button-link";
import { Moment } from "@/components/date";
import { InternalLink } from "@/components/internal-link";
import { ListPage } from "@/components/list-page";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";
import { useUsers } from "@/iam/use-users";

export function Component() {
  const text = useText();
  return (
    <ListPage title={text("nav.users")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.users")}
        description={text("users.what")}
        loaded={useUsers()}
        id={({ UserName = "" }) => UserName}
        empty={text("users.empty")}
        actions={
          <ButtonLink variant="primary" to="/iam/users/-/new">
            {text("users.create")}
          </ButtonLink>
        }
        columns={[
          {
            id: "name",
            header: text("users.name"),
            value: ({ UserName }) => UserName,
            cell: ({ UserName = "" }) => <InternalLink to={pageOf("user", UserName)}>{UserName}</InternalLink>,
          },
          { id: "path", header: text("entity.path"), value: ({ Path }) => Path },
          {
            id: "password",
            header: text("users.passwordUsed"),
            value: ({ PasswordLastUsed }) => PasswordLastUsed?.getTime(),
            cell: ({ PasswordLastUsed }) => <Moment at={PasswordLastUsed} />,
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
