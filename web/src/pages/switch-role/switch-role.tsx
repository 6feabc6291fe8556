import Alert from "@cloudscape-design/components/alert";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { Page } from "@/components/page";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { Introduction } from "./introduction";
import { SwitchForm } from "./switch-form";

const INTRODUCED = "deputize.switching-introduced";

/** Switch role: the introduction on first use, then the form. A link fills it in, and changes nothing by itself. */
export function Component() {
  const text = useText();
  const { kind } = useSession();
  const [search] = useSearchParams();
  const filled = search.has("account") && search.has("roleName");
  const [introduced, setIntroduced] = useState(filled || localStorage.getItem(INTRODUCED) !== null);
  const begin = () => {
    localStorage.setItem(INTRODUCED, "yes");
    setIntroduced(true);
  };
  return (
    <Page title={text("switch.title")} description={introduced ? text("switch.description") : undefined}>
      {kind === "root" && (
        <Alert type="warning" header={text("switch.rootTitle")}>
          {text("switch.root")}
        </Alert>
      )}
      {introduced ? (
        <SwitchForm
          key={search.toString()}
          account={search.get("account") ?? ""}
          roleName={search.get("roleName") ?? ""}
          displayName={search.get("displayName") ?? ""}
          color={search.get("color") ?? ""}
        />
      ) : (
        <Introduction onBegin={begin} />
      )}
    </Page>
  );
}
