import type { ObjectLockRetentionMode } from "@aws-sdk/client-s3";
import RadioGroup from "@cloudscape-design/components/radio-group";

import { useText } from "@/i18n";

/** How hard a retention is; empty for none. */
export type Mode = ObjectLockRetentionMode | "";

interface Props {
  mode: Mode;
  onChange: (mode: Mode) => void;
}

/** Choose how hard objects are kept. */
export function RetentionMode({ mode, onChange }: Props) {
  const text = useText();
  return (
    <RadioGroup
      value={mode}
      ariaLabel={text("lock.mode")}
      onChange={({ detail }) => onChange(detail.value as Mode)}
      items={[
        { value: "", label: text("lock.none") },
        { value: "GOVERNANCE", label: text("lock.governance"), description: text("lock.governanceHelp") },
        { value: "COMPLIANCE", label: text("lock.compliance"), description: text("lock.complianceHelp") },
      ]}
    />
  );
}
