import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";

import { useText } from "@/i18n";

export interface Tag {
  Key: string | undefined;
  Value: string | undefined;
}

const MOST_TAGS = 50;

interface Props {
  tags: Tag[];
  onChange: (tags: Tag[]) => void;
}

/** Keys with values, added and removed line by line. */
export function TagsField({ tags, onChange }: Props) {
  const text = useText();
  const change = (index: number, changed: Partial<Tag>) =>
    onChange(tags.map((tag, place) => (place === index ? { ...tag, ...changed } : tag)));
  return (
    <AttributeEditor
      items={tags}
      addButtonText={text("tags.add")}
      removeButtonText={text("tags.remove")}
      empty={text("tags.none")}
      disableAddButton={tags.length >= MOST_TAGS}
      onAddButtonClick={() => onChange([...tags, { Key: "", Value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, place) => place !== detail.itemIndex))}
      definition={[
        {
          label: text("tags.key"),
          control: ({ Key = "" }, index) => (
            <Input value={Key} onChange={({ detail }) => change(index, { Key: detail.value })} />
          ),
        },
        {
          label: text("tags.value"),
          control: ({ Value = "" }, index) => (
            <Input value={Value} onChange={({ detail }) => change(index, { Value: detail.value })} />
          ),
        },
      ]}
    />
  );
}

/** The tags that were filled in. */
export function filledTags(tags: Tag[]): Tag[] {
  return tags.filter(({ Key = "" }) => Key !== "");
}
