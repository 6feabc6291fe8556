import { type EvaluationResult, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct } from "@/api/load";
import { Page } from "@/components/page";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { type Tag, TagsField } from "@/components/tags-field";
import { useText } from "@/i18n";
import { TokensField } from "@/policy/tokens-field";
import { useSession } from "@/session/session-context";

import { PrincipalSelect } from "./principal-select";
import { Results } from "./results";

/** Test policies: what a principal may do with a resource, decided by the server as for a real request. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const { kind, arn } = useSession();
  const { run, busy, error } = useAct();
  const [principal, setPrincipal] = useState(kind === "user" ? arn : "");
  const [actions, setActions] = useState<string[]>([]);
  const [resource, setResource] = useState("*");
  const [context, setContext] = useState<Tag[]>([]);
  const [results, setResults] = useState<EvaluationResult[]>();
  const simulate = () =>
    run(async () => {
      setResults(undefined);
      const { EvaluationResults } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: principal,
          ActionNames: actions,
          ResourceArns: [resource],
          ContextEntries: context.map(({ Key, Value }) => ({
            ContextKeyName: Key,
            ContextKeyValues: [Value ?? ""],
            ContextKeyType: "string",
          })),
        }),
      );
      setResults(EvaluationResults ?? []);
    });
  return (
    <Page title={text("nav.test")} description={text("test.what")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void simulate();
        }}
      >
        <Form
          actions={
            <Button
              variant="primary"
              formAction="submit"
              loading={busy}
              disabled={principal === "" || actions.length === 0}
            >
              {text("test.button")}
            </Button>
          }
        >
          <Container>
            <Stack>
              <PrincipalSelect value={principal} onChange={setPrincipal} />
              <TokensField
                label={text("editor.actions")}
                placeholder="s3:GetObject"
                values={actions}
                onChange={setActions}
              />
              <FormField label={text("refusal.resource")}>
                <Input
                  value={resource}
                  placeholder="arn:aws:s3:::bucket/key"
                  onChange={({ detail }) => setResource(detail.value)}
                />
              </FormField>
              <FormField label={text("test.context")} description={text("test.contextHelp")} stretch>
                <TagsField tags={context} onChange={setContext} />
              </FormField>
            </Stack>
          </Container>
        </Form>
      </form>
      {error !== undefined && <Refusal error={error} />}
      {results && <Results results={results} />}
    </Page>
  );
}
