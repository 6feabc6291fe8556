import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { SERVICES } from "./catalogue";
import { TokensField } from "./tokens-field";

interface Props {
  service: string;
  resources: string[];
  onChange: (resources: string[]) => void;
}

const PLACE = /\$\{(\w+)\}/g;
const GIVEN: Record<string, string> = { Partition: "aws", Region: "*", Account: "*" };

/** Fills the places of an ARN template; what is left empty matches anything. */
function filled(template: string, values: Record<string, string>): string {
  return template.replaceAll(PLACE, (_, name: string) => values[name] || GIVEN[name] || "*");
}

function ArnBuilder({ service, onAdd }: { service: string; onAdd: (arn: string) => void }) {
  const text = useText();
  const templates = Object.entries(SERVICES[service]?.resources ?? {});
  const [kind, setKind] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const template = templates.find(([name]) => name === kind)?.[1];
  const places = [...(template?.matchAll(PLACE) ?? [])].flatMap(([, name]) => (name && name !== "Partition" ? [name] : []));
  const options = templates.map(([name, arn]) => ({ value: name, label: name, description: arn }));
  return (
    <Stack size="s">
      <Select
        ariaLabel={text("editor.resourceKind")}
        placeholder={text("editor.resourceKind")}
        options={options}
        selectedOption={options.find(({ value }) => value === kind) ?? null}
        onChange={({ detail }) => setKind(detail.selectedOption.value ?? "")}
      />
      {places.map((name) => (
        <FormField key={name} label={name}>
          <Input
            value={values[name] ?? ""}
            placeholder="*"
            onChange={({ detail }) => setValues((before) => ({ ...before, [name]: detail.value }))}
          />
        </FormField>
      ))}
      {template !== undefined && (
        <Button onClick={() => onAdd(filled(template, values))}>
          <Wrap>{text("editor.addArn", { arn: filled(template, values) })}</Wrap>
        </Button>
      )}
    </Stack>
  );
}

export function ResourcesField({ service, resources, onChange }: Props) {
  const text = useText();
  const all = resources.length === 1 && resources[0] === "*";
  return (
    <Stack size="s">
      <FormField label={text("editor.resources")}>
        <Checkbox checked={all} onChange={({ detail }) => onChange(detail.checked ? ["*"] : [])}>
          {text("editor.allResources")}
        </Checkbox>
      </FormField>
      {!all && (
        <>
          <TokensField
            label={text("editor.arns")}
            placeholder="arn:aws:s3:::bucket/*"
            values={resources}
            onChange={onChange}
          />
          {SERVICES[service] && (
            <ExpandableSection headerText={text("editor.buildArn")}>
              <ArnBuilder key={service} service={service} onAdd={(arn) => onChange([...new Set([...resources, arn])])} />
            </ExpandableSection>
          )}
        </>
      )}
    </Stack>
  );
}
