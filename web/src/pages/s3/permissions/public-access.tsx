import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";
import Checkbox from "@cloudscape-design/components/checkbox";

import { Stack } from "@/components/stack";
import { type Key, useText } from "@/i18n";

type Setting = "BlockPublicAcls" | "IgnorePublicAcls" | "BlockPublicPolicy" | "RestrictPublicBuckets";

const SETTINGS: { name: Setting; label: Key }[] = [
  { name: "BlockPublicAcls", label: "s3.blockPublicAcls" },
  { name: "IgnorePublicAcls", label: "s3.ignorePublicAcls" },
  { name: "BlockPublicPolicy", label: "s3.blockPublicPolicy" },
  { name: "RestrictPublicBuckets", label: "s3.restrictPublicBuckets" },
];

function all(on: boolean): PublicAccessBlockConfiguration {
  return Object.fromEntries(SETTINGS.map(({ name }) => [name, on]));
}

export const ALL_BLOCKED = all(true);

export function allBlocked(settings: PublicAccessBlockConfiguration): boolean {
  return SETTINGS.every(({ name }) => settings[name]);
}

export function nothingBlocked(settings: PublicAccessBlockConfiguration): boolean {
  return !SETTINGS.some(({ name }) => settings[name]);
}

/** Whether `wanted` allows something that `now` blocks. */
export function allowsMore(wanted: PublicAccessBlockConfiguration, now: PublicAccessBlockConfiguration): boolean {
  return SETTINGS.some(({ name }) => now[name] && !wanted[name]);
}

interface Props {
  value: PublicAccessBlockConfiguration;
  onChange: (value: PublicAccessBlockConfiguration) => void;
}

/** Block Public Access: four settings, each of which forbids a way to make things public, and all of them at once. */
export function PublicAccessField({ value, onChange }: Props) {
  const text = useText();
  return (
    <Stack size="s">
      <Checkbox
        checked={allBlocked(value)}
        indeterminate={!allBlocked(value) && !nothingBlocked(value)}
        onChange={({ detail }) => onChange(all(detail.checked))}
      >
        {text("s3.blockAll")}
      </Checkbox>
      <div className="within">
        <Stack size="s">
          {SETTINGS.map(({ name, label }) => (
            <Checkbox
              key={name}
              checked={value[name] ?? false}
              onChange={({ detail }) => onChange({ ...value, [name]: detail.checked })}
            >
              {text(label)}
            </Checkbox>
          ))}
        </Stack>
      </div>
    </Stack>
  );
}
