import {
  DeletePolicyVersionCommand,
  ListPolicyVersionsCommand,
  type PolicyVersion,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { Moment } from "@/components/date";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

interface Props {
  arn: string;
  onChange: () => void;
}

/** A policy's versions, up to five: which one holds, and which may go. */
export function VersionsPanel({ arn: PolicyArn, onChange }: Props) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<PolicyVersion[]>([]);
  const loaded = useLoad(PolicyArn, () =>
    allPages(
      (Marker) => iam.send(new ListPolicyVersionsCommand({ PolicyArn, Marker })),
      ({ Versions }) => Versions,
    ),
  );
  const [version] = chosen;
  const other = version !== undefined && version.IsDefaultVersion !== true;
  const act = (command: () => Promise<unknown>) =>
    run(async () => {
      await command();
      setChosen([]);
      loaded.reload();
      onChange();
    });
  return (
    <ResourceTable
      title={text("policies.versions")}
      loaded={loaded}
      error={error}
      id={({ VersionId = "" }) => VersionId}
      empty=""
      selection={{ kind: "single", items: chosen, onChange: setChosen }}
      actions={
        <>
          <Button
            disabled={!other}
            loading={busy}
            onClick={() =>
              void act(() => iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: version?.VersionId })))
            }
          >
            {text("delete.button")}
          </Button>
          <Button
            disabled={!other}
            loading={busy}
            onClick={() =>
              void act(() =>
                iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: version?.VersionId })),
              )
            }
          >
            {text("policies.setDefault")}
          </Button>
        </>
      }
      columns={[
        { id: "version", header: text("policies.version"), value: ({ VersionId }) => VersionId },
        {
          id: "default",
          header: text("policies.holds"),
          value: ({ IsDefaultVersion }) => (IsDefaultVersion === true ? text("policies.isDefault") : ""),
        },
        {
          id: "created",
          header: text("entity.created"),
          value: ({ CreateDate }) => CreateDate?.getTime(),
          cell: ({ CreateDate }) => <Moment at={CreateDate} />,
        },
      ]}
    />
  );
}
