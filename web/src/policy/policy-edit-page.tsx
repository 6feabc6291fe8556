import type { PolicyType } from "@aws-sdk/client-accessanalyzer";
import type { ReactNode } from "react";

import { FormPage } from "@/components/form-page";
import type { Crumb } from "@/components/page";
import { useText } from "@/i18n";

import { hasErrors, PolicyField, useCheckedPolicy } from "./policy-field";
import { indented } from "./policy-view";
import { PolicySummary } from "./summary";

interface Props {
  title: string;
  description?: ReactNode;
  above: Crumb[];
  initial: string;
  type: PolicyType;
  disabled?: boolean;
  /** More fields, above the policy. */
  children?: ReactNode;
  onSave: (document: string) => Promise<unknown>;
}

/** A page that changes one policy's text; errors in it block saving. */
export function PolicyEditPage({ title, description, above, initial, type, disabled = false, children, onSave }: Props) {
  const text = useText();
  const { document, setDocument, findings } = useCheckedPolicy(indented(initial), type);
  const identity = type === "IDENTITY_POLICY";
  return (
    <FormPage
      title={title}
      description={description}
      above={above}
      button={text("form.save")}
      disabled={disabled || hasErrors(findings)}
      onSubmit={() => onSave(document)}
    >
      {children}
      <PolicyField
        title={text("editor.title")}
        value={document}
        onChange={setDocument}
        findings={findings}
        identity={identity}
      />
      {identity && <PolicySummary document={document} />}
    </FormPage>
  );
}
