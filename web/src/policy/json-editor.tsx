import { useEffect, useRef } from "react";

import { useDark } from "@/theme";

import { ace } from "./ace";

export interface Note {
  /** From 0, as the editor counts. */
  row: number;
  column: number;
  type: "error" | "warning" | "info";
  text: string;
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  notes: Note[];
  /** Complete the words of policies. */
  completes?: boolean;
}

/** A code editor for policies and other JSON, with completion, and findings at their lines. */
export default function JsonEditor({ value, onChange, label, notes, completes = true }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<typeof ace.edit>>(undefined);
  const changed = useRef(onChange);
  const dark = useDark();
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = ace.edit(place.current, {
      mode: "ace/mode/json",
      minLines: 12,
      maxLines: 30,
      tabSize: 2,
      fontSize: 13,
      showPrintMargin: false,
      enableBasicAutocompletion: completes,
      enableLiveAutocompletion: completes,
      enableKeyboardAccessibility: true,
    });
    made.session.on("change", () => changed.current(made.getValue()));
    editor.current = made;
    return () => made.destroy();
  }, [completes]);
  useEffect(() => {
    if (editor.current && editor.current.getValue() !== value) editor.current.setValue(value, -1);
  }, [value]);
  useEffect(() => {
    editor.current?.setTheme(dark ? "ace/theme/cloud_editor_dark" : "ace/theme/cloud_editor");
  }, [dark]);
  useEffect(() => {
    editor.current?.textInput.getElement().setAttribute("aria-label", label);
  }, [label]);
  useEffect(() => {
    editor.current?.session.setAnnotations(notes);
  }, [notes]);
  return <div ref={place} className="json-editor" />;
}
