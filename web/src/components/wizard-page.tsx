import Wizard from "@cloudscape-design/components/wizard";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";

import { useAct } from "@/api/load";
import { useText } from "@/i18n";

import { type Crumb, Page } from "./page";
import { Refusal } from "./refusal";
import { Stack } from "./stack";

export interface Step {
  title: string;
  description?: string;
  content: ReactNode;
  optional?: boolean;
  /** Why one cannot go on from here yet. */
  error?: string | undefined;
}

interface Props {
  title: string;
  above: Crumb[];
  steps: Step[];
  button: string;
  onSubmit: () => Promise<unknown>;
}

/** A page that makes something in steps, the last of which shows all before it is made. */
export function WizardPage({ title, above, steps, button, onSubmit }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const { run, busy, error } = useAct();
  const [active, setActive] = useState(0);
  const [tried, setTried] = useState(false);
  const problem = steps[active]?.error;
  const go = (wanted: number) => {
    const ahead = wanted > active;
    const stop = ahead ? steps.findIndex((step, index) => index < wanted && step.error !== undefined) : -1;
    setTried(stop !== -1);
    setActive(stop === -1 ? wanted : stop);
  };
  return (
    <Page title={title} above={above}>
      {error !== undefined && <Refusal error={error} />}
      <Wizard
        activeStepIndex={active}
        onNavigate={({ detail }) => go(detail.requestedStepIndex)}
        onCancel={() => void navigate(above.at(-1)?.to ?? "/")}
        onSubmit={() => {
          const stop = steps.findIndex((step) => step.error !== undefined);
          if (stop === -1) void run(onSubmit);
          else go(stop + 1);
        }}
        isLoadingNextStep={busy}
        submitButtonText={button}
        i18nStrings={{ stepNumberLabel: (number) => text("wizard.step", { number }) }}
        steps={steps.map((step, index) => ({
          title: step.title,
          ...(step.description !== undefined && { description: step.description }),
          isOptional: step.optional ?? false,
          ...(tried && index === active && problem !== undefined && { errorText: problem }),
          content: <Stack>{step.content}</Stack>,
        }))}
      />
    </Page>
  );
}
