import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { type Key, useText } from "@/i18n";

import { credentialFindings } from "./credential-report";
import { Finding } from "./finding";

/** What is dangerous in the account: of its root user by the summary, of its users by the credential report. */
export function Findings({ counts }: { counts: Record<string, number> }) {
  const text = useText();
  const iam = useIam();
  const { value, error } = useLoad("credentials", () => credentialFindings(iam));
  const good = (is: boolean, yes: Key, no: Key) => (
    <StatusIndicator type={is ? "success" : "warning"}>{text(is ? yes : no)}</StatusIndicator>
  );
  return (
    <Stack size="xs">
      {good(!counts["AccountAccessKeysPresent"], "dashboard.noRootKeys", "dashboard.rootKeys")}
      {good((counts["AccountMFAEnabled"] ?? 0) > 0, "dashboard.rootMfa", "dashboard.noRootMfa")}
      {error !== undefined && <Refusal error={error} instead="part" />}
      {value === undefined && error === undefined && <Spinner />}
      {value && (
        <>
          <Finding users={value.withoutMfa} good="dashboard.allMfa" bad="dashboard.withoutMfa" />
          <Finding users={value.unusedKeys} good="dashboard.keysUsed" bad="dashboard.unusedKeys" />
          <Finding users={value.unusedPasswords} good="dashboard.passwordsUsed" bad="dashboard.unusedPasswords" />
        </>
      )}
    </Stack>
  );
}
