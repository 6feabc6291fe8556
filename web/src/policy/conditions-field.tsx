import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useText } from "@/i18n";

import { GLOBAL_KEYS, OPERATORS, SERVICES } from "./catalogue";
import { compact, listed } from "./statements";

type Conditions = Record<string, Record<string, unknown>>;

interface Row {
  operator: string;
  key: string;
  values: string;
}

interface Props {
  service: string;
  conditions: Conditions;
  onChange: (conditions: Conditions) => void;
}

function rowsOf(conditions: Conditions): Row[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key, values: listed(value).join(", ") })),
  );
}

function conditionsOf(rows: Row[]): Conditions {
  const made: Conditions = {};
  for (const { operator, key, values } of rows) {
    if (operator === "" || key === "") continue;
    made[operator] = { ...made[operator], [key]: compact(values.split(",").map((value) => value.trim())) };
  }
  return made;
}

/** Conditions as operator, key and values; rows that are not complete yet are kept here alone. */
export function ConditionsField({ service, conditions, onChange }: Props) {
  const text = useText();
  const [rows, setRows] = useState<Row[]>(() => rowsOf(conditions));
  const change = (changed: Row[]) => {
    setRows(changed);
    onChange(conditionsOf(changed));
  };
  const edit = (index: number, part: Partial<Row>) =>
    change(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const keys = [...GLOBAL_KEYS, ...(SERVICES[service]?.keys ?? [])];
  return (
    <FormField label={text("editor.conditions")} stretch>
      <AttributeEditor
        items={rows}
        addButtonText={text("editor.addCondition")}
        removeButtonText={text("editor.removeCondition")}
        empty={text("editor.noConditions")}
        onAddButtonClick={() => change([...rows, { operator: "StringEquals", key: "", values: "" }])}
        onRemoveButtonClick={({ detail }) => change(rows.filter((_, place) => place !== detail.itemIndex))}
        definition={[
          {
            label: text("editor.operator"),
            control: ({ operator }, index) => (
              <Autosuggest
                value={operator}
                options={OPERATORS.map((value) => ({ value }))}
                ariaLabel={text("editor.operator")}
                onChange={({ detail }) => edit(index, { operator: detail.value })}
              />
            ),
          },
          {
            label: text("editor.key"),
            control: ({ key }, index) => (
              <Autosuggest
                value={key}
                options={[...new Set(keys)].map((value) => ({ value }))}
                ariaLabel={text("editor.key")}
                onChange={({ detail }) => edit(index, { key: detail.value })}
              />
            ),
          },
          {
            label: text("editor.values"),
            control: ({ values }, index) => (
              <Input value={values} onChange={({ detail }) => edit(index, { values: detail.value })} />
            ),
          },
        ]}
      />
    </FormField>
  );
}
