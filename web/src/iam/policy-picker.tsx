import { ListPoliciesCommand, type Policy } from "@aws-sdk/client-iam";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { ResourceTable } from "@/components/resource-table";
import { type Key, useText } from "@/i18n";

import { isManagedByAws } from "./entities";

type Scope = "All" | "AWS" | "Local";

const SCOPES: { value: Scope; label: Key }[] = [
  { value: "All", label: "policies.all" },
  { value: "Local", label: "policies.customer" },
  { value: "AWS", label: "policies.aws" },
];

/** The policies that can be attached, AWS's and the account's own. */
export function usePolicies(scope: Scope) {
  const iam = useIam();
  return useLoad(`policies ${scope}`, () =>
    allPages(
      (Marker) => iam.send(new ListPoliciesCommand({ Scope: scope, Marker, MaxItems: 1000 })),
      ({ Policies }) => Policies,
    ),
  );
}

export function ScopeSelect({ scope, onChange }: { scope: Scope; onChange: (scope: Scope) => void }) {
  const text = useText();
  const options = SCOPES.map(({ value, label }) => ({ value, label: text(label) }));
  return (
    <Select
      ariaLabel={text("policies.scope")}
      options={options}
      selectedOption={options.find(({ value }) => value === scope) ?? null}
      onChange={({ detail }) => onChange(SCOPES.find(({ value }) => value === detail.selectedOption.value)?.value ?? "All")}
    />
  );
}

interface Props {
  chosen: string[];
  onChange: (arns: string[]) => void;
  /** One policy at most, as for a boundary. */
  single?: boolean;
}

/** Choose managed policies by their ARNs; what is chosen stays when the list is filtered. */
export function PolicyPicker({ chosen, onChange, single = false }: Props) {
  const text = useText();
  const [scope, setScope] = useState<Scope>("All");
  const loaded = usePolicies(scope);
  const selected = chosen.map((Arn): Policy => loaded.value?.find((policy) => policy.Arn === Arn) ?? { Arn });
  return (
    <ResourceTable
      title={text("policies.choose")}
      loaded={loaded}
      id={({ Arn = "" }) => Arn}
      empty={text("policies.empty")}
      filter={<ScopeSelect scope={scope} onChange={setScope} />}
      selection={{
        kind: single ? "single" : "multi",
        items: selected,
        onChange: (items) => onChange(items.map(({ Arn = "" }) => Arn)),
      }}
      columns={[
        { id: "name", header: text("policies.name"), value: ({ PolicyName }) => PolicyName },
        {
          id: "type",
          header: text("policies.type"),
          value: ({ Arn = "" }) => text(isManagedByAws(Arn) ? "policies.aws" : "policies.customer"),
          width: 170,
        },
      ]}
    />
  );
}
