import Box from "@cloudscape-design/components/box";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { failureOf } from "@/api/errors";
import { Stack } from "@/components/stack";
import { type Key, useText } from "@/i18n";

import type { Finding, Findings } from "./use-findings";

const GROUPS: { kind: Finding["kind"]; name: Key; status: StatusIndicatorProps.Type }[] = [
  { kind: "SECURITY_WARNING", name: "findings.security", status: "warning" },
  { kind: "ERROR", name: "findings.errors", status: "error" },
  { kind: "WARNING", name: "findings.warnings", status: "warning" },
  { kind: "SUGGESTION", name: "findings.suggestions", status: "info" },
];

/** The findings in four groups with their counts. */
export function FindingsList({ findings: { found, error } }: { findings: Findings }) {
  const text = useText();
  const [chosen, setChosen] = useState<string>();
  if (error !== undefined) {
    return (
      <Box color="text-body-secondary" fontSize="body-s">
        {text("findings.unavailable", { why: failureOf(error).message })}
      </Box>
    );
  }
  const groups = GROUPS.map((group) => ({ ...group, own: found.filter(({ kind }) => kind === group.kind) }));
  const firstWith = groups.find(({ own }) => own.length > 0) ?? groups[0];
  const shown = groups.find(({ kind }) => kind === chosen) ?? firstWith;
  return (
    <Stack size="s">
      <SegmentedControl
        label={text("findings.label")}
        selectedId={shown?.kind ?? null}
        onChange={({ detail }) => setChosen(detail.selectedId)}
        options={groups.map(({ kind, name, own }) => ({ id: kind, text: `${text(name)} (${own.length})` }))}
      />
      {shown?.own.length === 0 && <Box color="text-body-secondary">{text("findings.none")}</Box>}
      {shown?.own.map((finding) => (
        <StatusIndicator key={`${finding.code} ${finding.line} ${finding.column}`} type={shown.status} wrapText>
          {text("findings.at", { line: finding.line, column: finding.column })} {finding.words}
        </StatusIndicator>
      ))}
    </Stack>
  );
}
