import type { LifecycleRule } from "@aws-sdk/client-s3";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { Dialog } from "@/components/dialog";
import { TagsField } from "@/components/tags-field";
import { type Key, useText } from "@/i18n";

import { type RuleFields, ruleOf } from "./lifecycle";

interface Props {
  initial: RuleFields;
  onSave: (rule: LifecycleRule) => Promise<unknown>;
  onClose: () => void;
}

/** The common fields of a lifecycle rule. */
export function LifecycleRuleDialog({ initial, onSave, onClose }: Props) {
  const text = useText();
  const [fields, setFields] = useState(initial);
  const change = (changed: Partial<RuleFields>) => setFields({ ...fields, ...changed });
  const number = (name: "days" | "noncurrentDays" | "noncurrentKept" | "uploadDays", label: Key) => (
    <FormField label={text(label)}>
      <Input
        type="number"
        inputMode="numeric"
        value={fields[name]}
        onChange={({ detail }) => change({ [name]: detail.value })}
      />
    </FormField>
  );
  const { days, noncurrentDays, uploadDays, markers } = fields;
  const idle = days === "" && noncurrentDays === "" && uploadDays === "" && !markers;
  return (
    <Dialog
      title={text(initial.id === "" ? "lifecycle.create" : "lifecycle.edit")}
      button={text("form.save")}
      size="large"
      disabled={idle}
      onSubmit={() => onSave(ruleOf(fields))}
      onClose={onClose}
    >
      <FormField label={text("lifecycle.id")} constraintText={initial.id === "" && text("lifecycle.idRule")}>
        <Input value={fields.id} disabled={initial.id !== ""} onChange={({ detail }) => change({ id: detail.value })} />
      </FormField>
      <Checkbox checked={fields.enabled} onChange={({ detail }) => change({ enabled: detail.checked })}>
        {text("s3.enabled")}
      </Checkbox>
      <FormField label={text("lifecycle.prefix")} description={text("lifecycle.prefixHelp")}>
        <Input value={fields.prefix} onChange={({ detail }) => change({ prefix: detail.value })} />
      </FormField>
      <FormField stretch label={text("lifecycle.tags")}>
        <TagsField tags={fields.tags} onChange={(tags) => change({ tags })} />
      </FormField>
      {number("days", "lifecycle.daysField")}
      {number("noncurrentDays", "lifecycle.noncurrentField")}
      {noncurrentDays !== "" && number("noncurrentKept", "lifecycle.keptField")}
      {number("uploadDays", "lifecycle.uploadsField")}
      {days === "" && (
        <Checkbox checked={markers} onChange={({ detail }) => change({ markers: detail.checked })}>
          {text("lifecycle.markers")}
        </Checkbox>
      )}
    </Dialog>
  );
}
