import { Page } from "@/components/page";
import { useText } from "@/i18n";

import { AliasPanel } from "./alias-panel";
import { PasswordPolicyPanel } from "./password-policy-panel";

/** What holds for the whole account: its alias, and the rules for passwords. */
export function Component() {
  const text = useText();
  return (
    <Page title={text("nav.settings")}>
      <AliasPanel />
      <PasswordPolicyPanel />
    </Page>
  );
}
