import { Stack } from "@/components/stack";

import { AccessKeysPanel } from "./access-keys-panel";
import { LoginPanel } from "./login-panel";
import { MfaPanel } from "./mfa-panel";

/** Password, MFA devices and access keys of a user. */
export function CredentialsPanels({ user }: { user: string }) {
  return (
    <Stack>
      <LoginPanel user={user} />
      <MfaPanel user={user} />
      <AccessKeysPanel user={user} />
    </Stack>
  );
}
