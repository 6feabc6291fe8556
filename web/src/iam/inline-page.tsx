import FormField from "@cloudscape-design/components/form-field";
import Container from "@cloudscape-design/components/container";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { useLoad } from "@/api/load";
import { LoadedPage } from "@/components/loaded-page";
import { useText } from "@/i18n";
import { PolicyEditPage } from "@/policy/policy-edit-page";
import { EMPTY_POLICY } from "@/policy/templates";

import { type Kind, KINDS, pageOf } from "./entities";
import { usePermissions } from "./use-permissions";

/** Make or change an inline policy of a user, group or role. */
export function InlinePage({ kind }: { kind: Kind }) {
  const text = useText();
  const navigate = useNavigate();
  const { name = "" } = useParams();
  const [search] = useSearchParams();
  const permissions = usePermissions(kind, name);
  const existing = search.get("name");
  const [policy, setPolicy] = useState(existing ?? "");
  const page = pageOf(kind, name);
  const above = [
    { text: text(KINDS[kind].title), to: KINDS[kind].folder },
    { text: name, to: page },
  ];
  const loaded = useLoad(existing ?? "", () =>
    existing === null ? Promise.resolve(EMPTY_POLICY) : permissions.read(existing),
  );
  const title = existing ?? text("permissions.createInline");
  if (loaded.value === undefined) {
    return (
      <LoadedPage title={title} above={above} loaded={loaded}>
        {() => null}
      </LoadedPage>
    );
  }
  return (
    <PolicyEditPage
      title={title}
      description={text("permissions.inlineHelp", { name })}
      above={above}
      initial={loaded.value}
      type="IDENTITY_POLICY"
      disabled={policy === ""}
      onSave={async (document) => {
        await permissions.write(policy, document);
        await navigate(page);
      }}
    >
      {existing === null && (
        <Container>
          <FormField label={text("policies.name")} constraintText={text("form.nameRule")}>
            <Input value={policy} name="policyName" onChange={({ detail }) => setPolicy(detail.value)} />
          </FormField>
        </Container>
      )}
    </PolicyEditPage>
  );
}
