import FormField from "@cloudscape-design/components/form-field";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useState } from "react";

import { useText } from "@/i18n";

import { Dialog } from "./dialog";
import { parseJson, type Shape, unknownMember } from "./json-shape";

const JsonEditor = lazy(() => import("@/policy/json-editor"));

interface Props<T> {
  title: string;
  description: string;
  initial: readonly T[];
  /** What one item of the list may hold. */
  shape: Shape;
  onSave: (items: T[]) => Promise<unknown>;
  onClose: () => void;
}

/** A list of rules, changed as JSON. */
export function JsonDialog<T>({ title, description, initial, shape, onSave, onClose }: Props<T>) {
  const text = useText();
  const [written, setWritten] = useState(() => JSON.stringify(initial, undefined, 2));
  const value = parseJson(written);
  const unknown = unknownMember(value, shape);
  const problem = !Array.isArray(value)
    ? text("json.noList")
    : unknown === undefined
      ? undefined
      : text("json.unknown", { member: unknown });
  return (
    <Dialog
      title={title}
      button={text("form.save")}
      size="large"
      disabled={problem !== undefined}
      onSubmit={() => onSave(value as T[])}
      onClose={onClose}
    >
      <FormField stretch label="JSON" description={description} errorText={problem}>
        <Suspense fallback={<Spinner />}>
          <JsonEditor value={written} onChange={setWritten} label={title} notes={[]} completes={false} />
        </Suspense>
      </FormField>
    </Dialog>
  );
}
