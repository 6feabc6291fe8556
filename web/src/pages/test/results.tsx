import type { EvaluationResult } from "@aws-sdk/client-iam";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { ResourceTable } from "@/components/resource-table";
import { Wrap } from "@/components/wrap";
import { type Key, useText } from "@/i18n";

const DECISIONS: Record<string, Key> = {
  allowed: "test.allowed",
  implicitDeny: "test.implicitDeny",
  explicitDeny: "test.explicitDeny",
};

/** What was decided about each action, and which policies decided it. */
export function Results({ results }: { results: EvaluationResult[] }) {
  const text = useText();
  const matched = ({ MatchedStatements = [] }: EvaluationResult) =>
    MatchedStatements.map(({ SourcePolicyId = "", StartPosition }) =>
      StartPosition?.Line === undefined
        ? SourcePolicyId
        : text("test.statementAt", { policy: SourcePolicyId, line: StartPosition.Line }),
    );
  return (
    <ResourceTable
      title={text("test.results")}
      loaded={{ value: results, error: undefined, loading: false, reload: () => undefined }}
      id={({ EvalActionName = "", EvalResourceName = "" }) => `${EvalActionName} ${EvalResourceName}`}
      empty="-"
      columns={[
        { id: "action", header: text("refusal.what"), value: ({ EvalActionName }) => EvalActionName },
        {
          id: "decision",
          header: text("test.decision"),
          value: ({ EvalDecision }) => EvalDecision,
          cell: ({ EvalDecision = "" }) => (
            <StatusIndicator type={EvalDecision === "allowed" ? "success" : "error"}>
              {text(DECISIONS[EvalDecision] ?? "test.implicitDeny")}
            </StatusIndicator>
          ),
        },
        { id: "resource", header: text("refusal.resource"), value: ({ EvalResourceName }) => EvalResourceName },
        {
          id: "matched",
          header: text("test.matched"),
          value: (result) => matched(result).join(", "),
          cell: (result) =>
            matched(result).length === 0
              ? text("summary.none")
              : matched(result).map((line) => (
                  <div key={line}>
                    <Wrap>{line}</Wrap>
                  </div>
                )),
        },
        {
          id: "missing",
          header: text("test.missing"),
          value: ({ MissingContextValues = [] }) => MissingContextValues.join(", ") || "-",
        },
      ]}
    />
  );
}
