import Button from "@cloudscape-design/components/button";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { parsePolicy, policyText, type Statement, statementsOf, withStatements } from "./statements";
import { StatementEditor } from "./statement-editor";

interface Props {
  document: string;
  onChange: (document: string) => void;
}

/** A policy statement by statement. Each change writes the document anew. */
export function VisualEditor({ document, onChange }: Props) {
  const text = useText();
  const parsed = parsePolicy(document);
  if (parsed === undefined) return null;
  const statements = statementsOf(parsed);
  const save = (changed: Statement[]) => onChange(policyText(withStatements(parsed, changed)));
  return (
    <Stack size="m">
      {statements.map((statement, index) => (
        <StatementEditor
          // Statements have no names that tell them apart.
          key={index}
          statement={statement}
          number={index + 1}
          onChange={(changed) => save(statements.map((old, place) => (place === index ? changed : old)))}
          {...(statements.length > 1 && {
            onRemove: () => save(statements.filter((_, place) => place !== index)),
          })}
        />
      ))}
      <Button iconName="add-plus" onClick={() => save([...statements, { Effect: "Allow", Action: [], Resource: [] }])}>
        {text("editor.addStatement")}
      </Button>
    </Stack>
  );
}
