import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useAct, useLoad } from "@/api/load";
import { ButtonLink } from "@/components/button-link";
import { InternalLink } from "@/components/internal-link";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { isManagedByAws, type Kind, pageOf, policyPage } from "./entities";
import type { Permission } from "./permissions";
import { usePermissions } from "./use-permissions";

/** The policies of a user, group or role: attached ones and its own. */
export function PermissionsPanel({ kind, name }: { kind: Kind; name: string }) {
  const text = useText();
  const permissions = usePermissions(kind, name);
  const [chosen, setChosen] = useState<Permission[]>([]);
  const { run, busy, error } = useAct();
  const loaded = useLoad(`${kind} ${name}`, async () => {
    const [attached, inline] = await Promise.all([permissions.attached(), permissions.inline()]);
    return [...attached, ...inline];
  });
  const removeChosen = () =>
    run(async () => {
      for (const { name: policy, arn } of chosen) {
        await (arn === undefined ? permissions.remove(policy) : permissions.detach(arn));
      }
      setChosen([]);
      loaded.reload();
    });
  const page = pageOf(kind, name);
  const typeOf = ({ arn }: Permission) =>
    text(arn === undefined ? "permissions.inline" : isManagedByAws(arn) ? "policies.aws" : "policies.customer");
  return (
    <ResourceTable
      title={text("permissions.title")}
      description={text(`permissions.of.${kind}`)}
      loaded={loaded}
      error={error}
      id={({ name: policy, arn }) => arn ?? policy}
      selection={{ kind: "multi", items: chosen, onChange: setChosen }}
      actions={
        <>
          <Button disabled={chosen.length === 0} loading={busy} onClick={() => void removeChosen()}>
            {text("permissions.remove")}
          </Button>
          <ButtonLink to={`${page}/attach`}>{text("permissions.attach")}</ButtonLink>
          <ButtonLink to={`${page}/inline`}>{text("permissions.createInline")}</ButtonLink>
        </>
      }
      empty={<Box>{text("permissions.empty")}</Box>}
      columns={[
        {
          id: "name",
          header: text("policies.name"),
          value: (policy) => policy.name,
          cell: ({ name: policy, arn }) => (
            <InternalLink
              to={arn === undefined ? `${page}/inline?name=${encodeURIComponent(policy)}` : policyPage(arn)}
            >
              {policy}
            </InternalLink>
          ),
        },
        { id: "type", header: text("policies.type"), value: typeOf },
      ]}
    />
  );
}
