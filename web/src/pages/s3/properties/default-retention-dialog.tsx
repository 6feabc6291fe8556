import type { DefaultRetention } from "@aws-sdk/client-s3";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

import { type Mode, RetentionMode } from "./retention-fields";

interface Props {
  initial: DefaultRetention | undefined;
  onSave: (retention: DefaultRetention | undefined) => Promise<unknown>;
  onClose: () => void;
}

/** How long each new object is kept, unless its upload says otherwise. */
export function DefaultRetentionDialog({ initial, onSave, onClose }: Props) {
  const text = useText();
  const [mode, setMode] = useState<Mode>(initial?.Mode ?? "");
  const [period, setPeriod] = useState(String(initial?.Days ?? initial?.Years ?? ""));
  const [unit, setUnit] = useState<"Days" | "Years">(initial?.Years === undefined ? "Days" : "Years");
  const units = [
    { value: "Days", label: text("lock.days") },
    { value: "Years", label: text("lock.years") },
  ];
  return (
    <Dialog
      title={text("lock.default")}
      button={text("form.save")}
      disabled={mode !== "" && !(Number(period) > 0)}
      onSubmit={() => onSave(mode === "" ? undefined : { Mode: mode, [unit]: Number(period) })}
      onClose={onClose}
    >
      <RetentionMode mode={mode} onChange={setMode} />
      {mode !== "" && (
        <FormField label={text("lock.period")}>
          <div className="beside">
            <Input
              type="number"
              inputMode="numeric"
              ariaLabel={text("lock.period")}
              value={period}
              onChange={({ detail }) => setPeriod(detail.value)}
            />
            <Select
              ariaLabel={text("lock.unit")}
              options={units}
              selectedOption={units.find(({ value }) => value === unit) ?? null}
              onChange={({ detail }) => setUnit(detail.selectedOption.value === "Years" ? "Years" : "Days")}
            />
          </div>
        </FormField>
      )}
    </Dialog>
  );
}
