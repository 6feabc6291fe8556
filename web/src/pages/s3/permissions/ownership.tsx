import type { ObjectOwnership } from "@aws-sdk/client-s3";
import RadioGroup from "@cloudscape-design/components/radio-group";

import { type Key, useText } from "@/i18n";

export const OWNERSHIPS: { value: ObjectOwnership; label: Key; help: Key }[] = [
  { value: "BucketOwnerEnforced", label: "s3.aclsDisabled", help: "s3.aclsDisabledHelp" },
  { value: "BucketOwnerPreferred", label: "s3.ownerPreferred", help: "s3.ownerPreferredHelp" },
  { value: "ObjectWriter", label: "s3.aclsEnabled", help: "s3.aclsEnabledHelp" },
];

interface Props {
  value: ObjectOwnership;
  onChange: (value: ObjectOwnership) => void;
}

/** Choose who owns a bucket's objects, and with it whether ACLs count. */
export function OwnershipField({ value, onChange }: Props) {
  const text = useText();
  return (
    <RadioGroup
      value={value}
      ariaLabel={text("s3.ownership")}
      onChange={({ detail }) => onChange(detail.value as ObjectOwnership)}
      items={OWNERSHIPS.map(({ value: choice, label, help }) => ({
        value: choice,
        label: text(label),
        description: text(help),
      }))}
    />
  );
}
