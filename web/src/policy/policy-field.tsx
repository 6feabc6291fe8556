import type { PolicyType } from "@aws-sdk/client-accessanalyzer";
import Alert from "@cloudscape-design/components/alert";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useMemo, useState } from "react";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { FindingsList } from "./findings-list";
import type { Note } from "./json-editor";
import { parsePolicy, policyText } from "./statements";
import { TEMPLATES } from "./templates";
import { type Findings, useFindings } from "./use-findings";
import { VisualEditor } from "./visual-editor";

const JsonEditor = lazy(() => import("./json-editor"));

const NOTE_TYPES = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning", SUGGESTION: "info" } as const;

function notesOf({ found }: Findings): Note[] {
  return found.map(({ kind, words, line, column }) => ({ row: line - 1, column: column - 1, type: NOTE_TYPES[kind], text: words }));
}

export function hasErrors({ found }: Findings): boolean {
  return found.some(({ kind }) => kind === "ERROR");
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  findings: Findings;
  title: string;
  /** Offer the visual editor and the templates of identity policies. */
  identity?: boolean;
}

/** A policy as JSON or in the visual editor; one may go from one to the other at any time. */
export function PolicyField({ value, onChange, findings, title, identity = true }: Props) {
  const text = useText();
  const [mode, setMode] = useState("json");
  const [notice, setNotice] = useState<"restructured" | "unreadable">();
  const notes = useMemo(() => notesOf(findings), [findings]);
  const choose = (chosen: string) => {
    const parsed = parsePolicy(value);
    setNotice(undefined);
    if (chosen === "visual") {
      if (parsed === undefined) {
        setNotice("unreadable");
        return;
      }
      const restructured = policyText(parsed);
      if (restructured !== value) {
        onChange(restructured);
        setNotice("restructured");
      }
    }
    setMode(chosen);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            identity && (
              <Stack row="end" size="xs">
                <ButtonDropdown
                  items={TEMPLATES.map(({ id, name }) => ({ id, text: text(name) }))}
                  onItemClick={({ detail }) => onChange(TEMPLATES.find(({ id }) => id === detail.id)?.document ?? value)}
                >
                  {text("editor.templates")}
                </ButtonDropdown>
                <SegmentedControl
                  label={text("editor.mode")}
                  selectedId={mode}
                  onChange={({ detail }) => choose(detail.selectedId)}
                  options={[
                    { id: "visual", text: text("editor.visual") },
                    { id: "json", text: "JSON" },
                  ]}
                />
              </Stack>
            )
          }
        >
          {title}
        </Header>
      }
    >
      <Stack size="m">
        {notice !== undefined && (
          <Alert
            type={notice === "unreadable" ? "error" : "info"}
            dismissible
            onDismiss={() => setNotice(undefined)}
          >
            {text(`editor.${notice}`)}
          </Alert>
        )}
        {mode === "json" ? (
          <Suspense fallback={<Spinner />}>
            <JsonEditor value={value} onChange={onChange} label={title} notes={notes} />
          </Suspense>
        ) : (
          <VisualEditor document={value} onChange={onChange} />
        )}
        <FindingsList findings={findings} />
      </Stack>
    </Container>
  );
}

export function useCheckedPolicy(initial: string, type: PolicyType) {
  const [document, setDocument] = useState(initial);
  const findings = useFindings(document, type);
  return { document, setDocument, findings };
}
