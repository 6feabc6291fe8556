import Button from "@cloudscape-design/components/button";

import { useEdit } from "@/api/edit";
import { useAct } from "@/api/load";
import { useText } from "@/i18n";

import { Panel } from "./panel";
import { filledTags, type Tag, TagsField } from "./tags-field";

export interface TagChange {
  /** All that it shall have. */
  wanted: Tag[];
  /** Those of them that it has not, or with another value. */
  added: Tag[];
  /** The keys that it has and shall not have. */
  gone: string[];
}

/** How tags are changed where each call adds or removes some. */
export interface TagCalls {
  add: (tags: Tag[]) => Promise<unknown>;
  remove: (keys: string[]) => Promise<unknown>;
}

/** Asks for no more than has to change: policies may say which keys one may add or remove. */
export async function applyChange({ added, gone }: TagChange, { add, remove }: TagCalls): Promise<void> {
  if (gone.length > 0) await remove(gone);
  if (added.length > 0) await add(added);
}

function changeOf(had: Tag[], wanted: Tag[]): TagChange {
  const values = new Map(had.map(({ Key, Value }) => [Key, Value]));
  const keys = new Set(wanted.map(({ Key }) => Key));
  return {
    wanted,
    added: wanted.filter(({ Key, Value }) => values.get(Key) !== Value),
    gone: had.flatMap(({ Key }) => (Key === undefined || keys.has(Key) ? [] : [Key])),
  };
}

interface Props {
  /** What tells the thing from others. */
  id: string;
  list: () => Promise<Tag[]>;
  save: (change: TagChange) => Promise<unknown>;
}

/** The tags of a thing: changed here, saved together. */
export function TagsPanel({ id, list, save }: Props) {
  const text = useText();
  const { run, busy, error } = useAct();
  const tags = useEdit(id, list, (wanted, had) => save(changeOf(had, filledTags(wanted))));
  return (
    <Panel
      title={text("tags.title")}
      loaded={tags.loaded}
      busy={busy}
      error={error}
      actions={
        <Button disabled={tags.edited === undefined} loading={busy} onClick={() => void run(tags.save)}>
          {text("form.save")}
        </Button>
      }
    >
      {(kept) => <TagsField tags={tags.edited ?? kept} onChange={tags.edit} />}
    </Panel>
  );
}
