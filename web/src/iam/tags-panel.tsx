import { useIam } from "@/api/iam";
import { applyChange, TagsPanel as AnyTagsPanel } from "@/components/tags-panel";

import { type Tagged, tagsOf } from "./tags";

/** The tags of a user, role or policy. */
export function TagsPanel({ kind, name }: { kind: Tagged; name: string }) {
  const tags = tagsOf(useIam(), kind, name);
  return <AnyTagsPanel id={`${kind} ${name}`} list={tags.list} save={(change) => applyChange(change, tags)} />;
}
