import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";

import star from "@/assets/star.svg";
import { newPassword, signIn, type SignInAnswer, type SignInFields } from "@/api/calls";
import { useAct } from "@/api/load";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { nextPage } from "@/session/next-page";
import { remember } from "@/session/signed-in";
import { PreferencesMenu } from "@/shell/preferences-menu";

import { CodeStep } from "./code-step";
import { NewPasswordStep } from "./new-password-step";
import { PasswordStep } from "./password-step";

type Step = "password" | "mfa" | "new-password";

/** Sign in as an IAM user or as root: password, then a code or a new password if the server asks for one. */
export function Component() {
  const text = useText();
  const navigate = useNavigate();
  const { alias } = useParams();
  const [search] = useSearchParams();
  const [step, setStep] = useState<Step>("password");
  const [fields, setFields] = useState<SignInFields>({ kind: "user", account: alias ?? "", password: "" });
  const { run, busy, error } = useAct();

  const proceed = async (answer: SignInAnswer) => {
    if (answer.next !== "done") {
      setStep(answer.next);
      return;
    }
    remember(answer.session);
    await navigate(nextPage(search.get("next")));
  };
  const submit = (given: SignInFields) => {
    setFields(given);
    void run(async () => proceed(await signIn(given)));
  };
  const change = (chosen: string) => void run(async () => proceed(await newPassword({ ...fields, newPassword: chosen })));

  return (
    <main className="sign-in">
      <title>{`${text("signIn.title")} · Deputize`}</title>
      <h1 className="sign-in-brand">
        <img src={star} alt="" />
        Deputize
      </h1>
      <div className="sign-in-card">
        {step === "password" && (
          <PasswordStep fields={fields} locked={alias !== undefined} busy={busy} error={error} onSubmit={submit} />
        )}
        {step === "mfa" && (
          <CodeStep busy={busy} error={error} onSubmit={(mfaCode) => submit({ ...fields, mfaCode })} />
        )}
        {step === "new-password" && <NewPasswordStep busy={busy} error={error} onSubmit={change} />}
      </div>
      <Stack row size="xs">
        <Box color="text-body-secondary" fontSize="body-s">
          {text("signIn.notAmazon")}
        </Box>
        <PreferencesMenu />
      </Stack>
    </main>
  );
}
