import type { LifecycleRule, LifecycleRuleFilter, Tag as SdkTag } from "@aws-sdk/client-s3";

import type { Shape } from "@/components/json-shape";
import { filledTags, type Tag } from "@/components/tags-field";
import type { Text } from "@/i18n";

/** What the form of a rule holds; numbers as they are typed, empty for what the rule does not do. */
export interface RuleFields {
  id: string;
  enabled: boolean;
  prefix: string;
  tags: Tag[];
  days: string;
  markers: boolean;
  noncurrentDays: string;
  noncurrentKept: string;
  uploadDays: string;
}

const TAG: Shape = { Key: true, Value: true };
const SIZES: Shape = { ObjectSizeGreaterThan: true, ObjectSizeLessThan: true };

/** What a rule may hold (S3 API, LifecycleRule), with the transitions, which the server refuses itself. */
export const RULE_SHAPE: Shape = {
  ID: true,
  Status: true,
  Prefix: true,
  Filter: { Prefix: true, Tag: TAG, ...SIZES, And: { Prefix: true, Tags: TAG, ...SIZES } },
  Expiration: { Days: true, Date: true, ExpiredObjectDeleteMarker: true },
  NoncurrentVersionExpiration: { NoncurrentDays: true, NewerNoncurrentVersions: true },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: true },
  Transitions: { Days: true, Date: true, StorageClass: true },
  NoncurrentVersionTransitions: { NoncurrentDays: true, NewerNoncurrentVersions: true, StorageClass: true },
};

export const NEW_RULE: RuleFields = {
  id: "",
  enabled: true,
  prefix: "",
  tags: [],
  days: "",
  markers: false,
  noncurrentDays: "",
  noncurrentKept: "",
  uploadDays: "",
};

function typed(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

export function fieldsOf(rule: LifecycleRule): RuleFields {
  const { Filter = {}, Expiration = {}, NoncurrentVersionExpiration: noncurrent = {} } = rule;
  return {
    id: rule.ID ?? "",
    enabled: rule.Status === "Enabled",
    prefix: Filter.And?.Prefix ?? Filter.Prefix ?? "",
    tags: Filter.And?.Tags ?? (Filter.Tag ? [Filter.Tag] : []),
    days: typed(Expiration.Days),
    markers: Expiration.ExpiredObjectDeleteMarker ?? false,
    noncurrentDays: typed(noncurrent.NoncurrentDays),
    noncurrentKept: typed(noncurrent.NewerNoncurrentVersions),
    uploadDays: typed(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation),
  };
}

function filterOf(prefix: string, tags: SdkTag[]): LifecycleRuleFilter {
  if (tags.length === 0) return { Prefix: prefix };
  if (tags.length === 1 && prefix === "") return { Tag: tags[0] };
  return { And: { ...(prefix !== "" && { Prefix: prefix }), Tags: tags } };
}

export function ruleOf(fields: RuleFields): LifecycleRule {
  const { days, noncurrentDays, noncurrentKept, uploadDays } = fields;
  return {
    ...(fields.id !== "" && { ID: fields.id }),
    Status: fields.enabled ? "Enabled" : "Disabled",
    Filter: filterOf(fields.prefix, filledTags(fields.tags)),
    ...(days !== "" && { Expiration: { Days: Number(days) } }),
    ...(days === "" && fields.markers && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(noncurrentDays !== "" && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: Number(noncurrentDays),
        ...(noncurrentKept !== "" && { NewerNoncurrentVersions: Number(noncurrentKept) }),
      },
    }),
    ...(uploadDays !== "" && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: Number(uploadDays) } }),
  };
}

/** The same text for the same value, whatever the order of its members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => one.localeCompare(other)))
      : member,
  );
}

/** Whether the form can show all that a rule says. */
export function fitsForm(rule: LifecycleRule): boolean {
  return canonical(ruleOf(fieldsOf(rule))) === canonical(rule);
}

/** What a rule is about, for people. */
export function scopeText(text: Text, rule: LifecycleRule): string {
  const { prefix, tags } = fieldsOf(rule);
  // Old rules have it beside the filter.
  const { Prefix = prefix }: { Prefix?: string | undefined } = rule;
  const parts = [...(Prefix === "" ? [] : [Prefix]), ...tags.map(({ Key = "", Value = "" }) => `${Key}=${Value}`)];
  return parts.length === 0 ? text("lifecycle.all") : parts.join(", ");
}

/** What a rule does, for people. */
export function actsOf(text: Text, rule: LifecycleRule): string[] {
  const { days, markers, noncurrentDays, uploadDays } = fieldsOf(rule);
  const date = rule.Expiration?.Date;
  return [
    ...(days === "" ? [] : [text("lifecycle.expires", { days })]),
    ...(date === undefined ? [] : [text("lifecycle.expiresOn", { date: date.toISOString().slice(0, 10) })]),
    ...(markers ? [text("lifecycle.markers")] : []),
    ...(noncurrentDays === "" ? [] : [text("lifecycle.noncurrent", { days: noncurrentDays })]),
    ...(uploadDays === "" ? [] : [text("lifecycle.uploads", { days: uploadDays })]),
  ];
}
