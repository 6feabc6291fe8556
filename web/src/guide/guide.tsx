import Box from "@cloudscape-design/components/box";
import HelpPanel from "@cloudscape-design/components/help-panel";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useLocation } from "react-router";

import { guideSteps } from "@/api/calls";
import { useLoad } from "@/api/load";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { type Key, useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { STEPS } from "./steps";

/** The guide "Delegate access across accounts"; its steps are ticked as they become true. */
export function Guide() {
  const text = useText();
  const { id } = useSession();
  const { pathname } = useLocation();
  const found = useLoad(`${id} ${pathname}`, () => guideSteps(id));
  const states = new Map(found.value?.steps.map((step) => [step.id, step]));
  return (
    <HelpPanel header={<h2>{text("guide.title")}</h2>}>
      <Box variant="p">{text("guide.intro")}</Box>
      <ol>
        {STEPS.filter((step) => states.get(step)?.visible !== false).map((step) => (
          <li key={step}>
            <Stack size="xxs">
              <Box fontWeight="bold">{text(`guide.${step}.title` satisfies Key)}</Box>
              <Box>
                <Wrap>{text(`guide.${step}.text` satisfies Key)}</Wrap>
              </Box>
              {states.get(step)?.done === true && <StatusIndicator>{text("guide.done")}</StatusIndicator>}
            </Stack>
          </li>
        ))}
      </ol>
    </HelpPanel>
  );
}
