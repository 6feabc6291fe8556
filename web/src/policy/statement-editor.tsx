import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import { useId, useState } from "react";

import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { ActionsField } from "./actions-field";
import { SERVICES, serviceOf } from "./catalogue";
import { ConditionsField } from "./conditions-field";
import { ResourcesField } from "./resources-field";
import { compact, listed, type Statement } from "./statements";

interface Props {
  statement: Statement;
  number: number;
  onChange: (statement: Statement) => void;
  onRemove?: () => void;
}

// What lists what is not meant, and has no fields here.
const NEGATED = ["NotAction", "NotResource"] as const;

/** One statement: effect, service, actions by access level, resources, conditions. */
export function StatementEditor({ statement, number, onChange, onRemove }: Props) {
  const text = useText();
  const actions = listed(statement.Action);
  const named = [...new Set(actions.map(serviceOf))].filter((service) => service !== "");
  const [picked, setPicked] = useState("");
  const service = picked || (named[0] ?? "");
  const options = [...new Set([...Object.keys(SERVICES), ...named])].map((value) => ({
    value,
    label: SERVICES[value]?.name ?? value,
    description: value,
  }));
  const effect = statement.Effect === "Deny" ? "Deny" : "Allow";
  const effectLabel = useId();
  const negated = NEGATED.filter((name) => statement[name] !== undefined);
  const summary = [...actions, ...negated.map((name) => `${name}: ${listed(statement[name]).join(", ")}`)].join(", ");
  return (
    <ExpandableSection
      variant="container"
      defaultExpanded={actions.length === 0 || number === 1}
      headerText={`${text("editor.statement", { number })}: ${text(`editor.${effect}`)}`}
      headerDescription={summary.length > 90 ? `${summary.slice(0, 90)}…` : summary}
      headerActions={onRemove && <Button onClick={onRemove}>{text("editor.removeStatement")}</Button>}
    >
      <Stack>
        <FormField label={<span id={effectLabel}>{text("editor.effect")}</span>}>
          <SegmentedControl
            ariaLabelledby={effectLabel}
            selectedId={effect}
            onChange={({ detail }) => onChange({ ...statement, Effect: detail.selectedId })}
            options={[
              { id: "Allow", text: text("editor.Allow") },
              { id: "Deny", text: text("editor.Deny") },
            ]}
          />
        </FormField>
        {statement.NotAction === undefined && (
          <>
            <FormField label={text("editor.service")}>
              <Select
                options={options}
                selectedOption={options.find(({ value }) => value === service) ?? null}
                placeholder={text("editor.chooseService")}
                filteringType="auto"
                onChange={({ detail }) => setPicked(detail.selectedOption.value ?? "")}
              />
            </FormField>
            <ActionsField
              service={service}
              actions={actions}
              onChange={(changed) => onChange({ ...statement, Action: compact(changed) })}
            />
          </>
        )}
        {statement.NotResource === undefined && (
          <ResourcesField
            service={service}
            resources={listed(statement.Resource)}
            onChange={(changed) => onChange({ ...statement, Resource: compact(changed) })}
          />
        )}
        {negated.map((name) => (
          <FormField key={name} label={name} description={text("editor.asJson")}>
            <Wrap>{listed(statement[name]).join(", ")}</Wrap>
          </FormField>
        ))}
        <ConditionsField
          service={service}
          conditions={statement.Condition ?? {}}
          onChange={(Condition) => {
            const changed = { ...statement, Condition };
            if (Object.keys(Condition).length === 0) Reflect.deleteProperty(changed, "Condition");
            onChange(changed);
          }}
        />
      </Stack>
    </ExpandableSection>
  );
}
