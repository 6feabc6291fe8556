import {
  GetAccountPasswordPolicyCommand,
  type PasswordPolicy,
  UpdateAccountPasswordPolicyCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

import { useEdit } from "@/api/edit";
import { failureOf } from "@/api/errors";
import { useIam } from "@/api/iam";
import { useAct } from "@/api/load";
import { Panel } from "@/components/panel";
import { type Key, useText } from "@/i18n";

type Rule = "RequireUppercaseCharacters" | "RequireLowercaseCharacters" | "RequireNumbers" | "RequireSymbols";
type Amount = "MinimumPasswordLength" | "MaxPasswordAge" | "PasswordReusePrevention";

const RULES: { name: Rule | "AllowUsersToChangePassword" | "HardExpiry"; label: Key }[] = [
  { name: "RequireUppercaseCharacters", label: "settings.uppercase" },
  { name: "RequireLowercaseCharacters", label: "settings.lowercase" },
  { name: "RequireNumbers", label: "settings.numbers" },
  { name: "RequireSymbols", label: "settings.symbols" },
  { name: "AllowUsersToChangePassword", label: "settings.mayChange" },
  { name: "HardExpiry", label: "settings.hardExpiry" },
];

// What holds while an account has no policy of its own (IAM User Guide, Set an account password policy).
const DEFAULT: PasswordPolicy = { MinimumPasswordLength: 8 };

/** The rules for passwords of the account's users. */
export function PasswordPolicyPanel() {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const read = async () => {
    try {
      return (await iam.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy ?? DEFAULT;
    } catch (caught) {
      if (failureOf(caught).code.startsWith("NoSuchEntity")) return DEFAULT;
      throw caught;
    }
  };
  const { loaded, edited, edit, save } = useEdit("password policy", read, (wanted) =>
    iam.send(new UpdateAccountPasswordPolicyCommand({ ...wanted })),
  );
  const numeric = (shown: PasswordPolicy, name: Amount, label: Key) => (
    <FormField label={text(label)}>
      <Input
        type="number"
        inputMode="numeric"
        value={String(shown[name] ?? "")}
        onChange={({ detail }) =>
          edit({ ...shown, [name]: detail.value === "" ? undefined : Number(detail.value) })
        }
      />
    </FormField>
  );
  const fields = (shown: PasswordPolicy) => (
    <>
      {numeric(shown, "MinimumPasswordLength", "settings.length")}
      {RULES.map(({ name, label }) => (
        <Checkbox
          key={name}
          checked={shown[name] ?? false}
          onChange={({ detail }) => edit({ ...shown, [name]: detail.checked })}
        >
          {text(label)}
        </Checkbox>
      ))}
      {numeric(shown, "MaxPasswordAge", "settings.age")}
      {numeric(shown, "PasswordReusePrevention", "settings.reuse")}
    </>
  );
  return (
    <Panel
      title={text("settings.passwords")}
      loaded={loaded}
      busy={busy}
      error={error}
      actions={
        <Button disabled={edited === undefined} loading={busy} onClick={() => void run(save)}>
          {text("form.save")}
        </Button>
      }
    >
      {(policy) => fields(edited ?? policy)}
    </Panel>
  );
}
