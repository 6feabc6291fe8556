import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useState } from "react";

import { useText } from "@/i18n";
import type { Trusted } from "@/iam/trust";
import { readableAccount } from "@/session/names";
import { useSession } from "@/session/session-context";

type Account = Extract<Trusted, { kind: "account" }>;

interface Props {
  trusted: Account;
  onChange: (trusted: Account) => void;
}

export function AccountFields({ trusted, onChange }: Props) {
  const text = useText();
  const { account: own } = useSession();
  const [where, setWhere] = useState(trusted.account === own ? "this" : "other");
  const [external, setExternal] = useState(trusted.externalId !== "");
  return (
    <>
      <FormField label={text("roles.accountOf")}>
        <RadioGroup
          value={where}
          onChange={({ detail }) => {
            setWhere(detail.value);
            onChange({ ...trusted, account: detail.value === "this" ? own : "" });
          }}
          items={[
            { value: "this", label: text("roles.thisAccount", { account: readableAccount(own) }) },
            { value: "other", label: text("roles.otherAccount") },
          ]}
        />
      </FormField>
      {where === "other" && (
        <FormField label={text("roles.accountId")} constraintText={text("roles.accountRule")}>
          <Input
            value={trusted.account}
            name="trustedAccount"
            inputMode="numeric"
            onChange={({ detail }) => onChange({ ...trusted, account: detail.value.replaceAll(/[\s-]/g, "") })}
          />
        </FormField>
      )}
      <FormField label={text("roles.options")} stretch>
        <Checkbox
          checked={external}
          description={text("roles.externalIdHelp")}
          onChange={({ detail }) => {
            setExternal(detail.checked);
            onChange({ ...trusted, externalId: "" });
          }}
        >
          {text("roles.requireExternalId")}
        </Checkbox>
        <Checkbox
          checked={trusted.mfa}
          description={text("roles.mfaHelp")}
          onChange={({ detail }) => onChange({ ...trusted, mfa: detail.checked })}
        >
          {text("roles.requireMfa")}
        </Checkbox>
      </FormField>
      {external && (
        <>
          <FormField label={text("roles.externalId")}>
            <Input
              value={trusted.externalId}
              onChange={({ detail }) => onChange({ ...trusted, externalId: detail.value })}
            />
          </FormField>
          <Alert type="info">{text("roles.externalIdConsole")}</Alert>
        </>
      )}
    </>
  );
}
