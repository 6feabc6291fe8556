import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { FormPage } from "@/components/form-page";
import { useText } from "@/i18n";

import { type Kind, KINDS, pageOf } from "./entities";
import { PolicyPicker } from "./policy-picker";
import { usePermissions } from "./use-permissions";

/** Attach managed policies to a user, group or role. */
export function AttachPage({ kind }: { kind: Kind }) {
  const text = useText();
  const navigate = useNavigate();
  const { name = "" } = useParams();
  const permissions = usePermissions(kind, name);
  const [chosen, setChosen] = useState<string[]>([]);
  const page = pageOf(kind, name);
  const attach = async () => {
    for (const arn of chosen) await permissions.attach(arn);
    await navigate(page);
  };
  return (
    <FormPage
      title={text("permissions.attachTitle")}
      above={[
        { text: text(KINDS[kind].title), to: KINDS[kind].folder },
        { text: name, to: page },
      ]}
      button={text("permissions.attachButton")}
      disabled={chosen.length === 0}
      onSubmit={attach}
    >
      <PolicyPicker chosen={chosen} onChange={setChosen} />
    </FormPage>
  );
}
