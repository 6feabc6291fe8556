import type { ObjectLockRetention } from "@aws-sdk/client-s3";
import Checkbox from "@cloudscape-design/components/checkbox";
import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import { useState } from "react";

import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

import { type Mode, RetentionMode } from "../properties/retention-fields";

interface Props {
  initial: ObjectLockRetention | undefined;
  onSave: (retention: ObjectLockRetention, bypass: boolean) => Promise<unknown>;
  onClose: () => void;
}

/** Until when one version is kept, and how hard. */
export function RetentionDialog({ initial, onSave, onClose }: Props) {
  const text = useText();
  const [mode, setMode] = useState<Mode>(initial?.Mode ?? "");
  const had = initial?.RetainUntilDate;
  const hadDay = had?.toISOString().slice(0, 10) ?? "";
  const [day, setDay] = useState(hadDay);
  const [bypass, setBypass] = useState(false);
  // Another mode does not end it earlier on its last day.
  const RetainUntilDate = day === hadDay ? had : new Date(`${day}T00:00:00Z`);
  return (
    <Dialog
      title={text("lock.editRetention")}
      button={text("form.save")}
      disabled={mode !== "" && day === ""}
      onSubmit={() => onSave(mode === "" ? {} : { Mode: mode, RetainUntilDate }, bypass)}
      onClose={onClose}
    >
      <RetentionMode mode={mode} onChange={setMode} />
      {mode !== "" && (
        <FormField label={text("lock.until")} constraintText={text("lock.untilHelp")}>
          <DatePicker
            value={day}
            placeholder="YYYY/MM/DD"
            i18nStrings={{ openCalendarAriaLabel: () => text("lock.chooseDay") }}
            onChange={({ detail }) => setDay(detail.value)}
          />
        </FormField>
      )}
      {initial?.Mode === "GOVERNANCE" && (
        <Checkbox checked={bypass} onChange={({ detail }) => setBypass(detail.checked)}>
          {text("lock.bypass")}
        </Checkbox>
      )}
    </Dialog>
  );
}
