import Button from "@cloudscape-design/components/button";

import { assumableRoles, type Assumable } from "@/api/calls";
import { useAct, useLoad } from "@/api/load";
import { ButtonLink } from "@/components/button-link";
import { Copy } from "@/components/copy";
import { ListPage } from "@/components/list-page";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { readableAccount } from "@/session/names";
import { useSession } from "@/session/session-context";
import { useSwitching } from "@/session/use-switching";
import { SwitchRefusal } from "@/pages/switch-role/switch-refusal";

/** The roles that this person can really assume now, found by the server from both sides' policies. */
export function Component() {
  const text = useText();
  const { id } = useSession();
  const { enter } = useSwitching();
  const { run, busy, error } = useAct();
  const loaded = useLoad(id, async () => (await assumableRoles(id)).roles);
  const owner = ({ account, accountAlias }: Assumable) =>
    accountAlias === undefined ? readableAccount(account) : `${accountAlias} (${readableAccount(account)})`;
  return (
    <ListPage title={text("nav.myRoles")}>
      {error !== undefined && <SwitchRefusal error={error} />}
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.myRoles")}
        description={text("myRoles.what")}
        loaded={loaded}
        id={({ arn }) => arn}
        empty={text("myRoles.empty")}
        actions={<ButtonLink to="/switchrole">{text("myRoles.other")}</ButtonLink>}
        columns={[
          { id: "role", header: text("roles.name"), value: ({ roleName }) => roleName },
          {
            id: "switch",
            header: text("switch.title"),
            value: () => "",
            cell: ({ account, roleName }) => (
              <Button
                variant="inline-link"
                loading={busy}
                ariaLabel={`${text("switch.button")}: ${roleName} @ ${account}`}
                onClick={() => void run(() => enter({ account, roleName }))}
              >
                <span className="whole">{text("switch.button")}</span>
              </Button>
            ),
          },
          {
            id: "account",
            header: text("dashboard.account"),
            value: owner,
            cell: (role) => <span className="whole">{owner(role)}</span>,
          },
          {
            id: "arn",
            header: "ARN",
            value: ({ arn }) => arn,
            cell: ({ arn }) => <Copy value={arn} />,
            width: 300,
          },
        ]}
      />
    </ListPage>
  );
}
