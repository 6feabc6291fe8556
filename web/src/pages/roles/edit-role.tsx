import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

const HOUR = 3600;
const HOURS = [1, 2, 4, 8, 12];

interface Props {
  description: string;
  /** The longest session, in seconds. */
  duration: number;
  onSave: (description: string, duration: number) => Promise<unknown>;
  onClose: () => void;
}

export function EditRole(props: Props) {
  const text = useText();
  const [description, setDescription] = useState(props.description);
  const [duration, setDuration] = useState(props.duration);
  const options = [...new Set([...HOURS.map((hours) => hours * HOUR), props.duration])].map((seconds) => ({
    value: String(seconds),
    label: text("roles.hours", { hours: seconds / HOUR }),
  }));
  return (
    <Dialog
      title={text("form.edit")}
      button={text("form.save")}
      onSubmit={() => props.onSave(description, duration)}
      onClose={props.onClose}
    >
      <FormField label={text("form.description")}>
        <Textarea value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label={text("roles.duration")}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === String(duration)) ?? null}
          onChange={({ detail }) => setDuration(Number(detail.selectedOption.value))}
        />
      </FormField>
    </Dialog>
  );
}
