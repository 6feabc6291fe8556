import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { LEVELS, SERVICES } from "./catalogue";
import { TokensField } from "./tokens-field";

interface Props {
  service: string;
  actions: string[];
  onChange: (actions: string[]) => void;
}

/** The actions of a service to choose from, by access level; any other action or pattern can be typed. */
export function ActionsField({ service, actions, onChange }: Props) {
  const text = useText();
  const known = SERVICES[service];
  const groups = known
    ? [
        { label: text("editor.allActions"), options: [{ value: `${service}:*`, label: `${service}:*` }] },
        ...LEVELS.flatMap((level) => {
          const options = (known.actions[level] ?? []).map((name) => ({ value: `${service}:${name}`, label: name }));
          return options.length === 0 ? [] : [{ label: text(`level.${level}`), options }];
        }),
      ]
    : [];
  const offered = groups.flatMap(({ options }) => options);
  const selected = offered.filter(({ value }) => actions.includes(value));
  const others = actions.filter((action) => !offered.some(({ value }) => value === action));
  return (
    <Stack size="s">
      {known && (
        <FormField label={text("editor.actions")} description={text("editor.actionsHelp")}>
          <Multiselect
            options={groups}
            selectedOptions={selected}
            placeholder={text("editor.chooseActions")}
            filteringType="auto"
            tokenLimit={12}
            onChange={({ detail }) =>
              onChange([...others, ...detail.selectedOptions.flatMap(({ value }) => value ?? [])])
            }
          />
        </FormField>
      )}
      <TokensField
        label={text("editor.otherActions")}
        placeholder="s3:Get*"
        values={others}
        onChange={(changed) => onChange([...selected.map(({ value }) => value), ...changed])}
      />
    </Stack>
  );
}
