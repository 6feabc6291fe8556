import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";

import { ConsoleError } from "@/api/calls";
import { sentenceOf } from "@/api/errors";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

/** What the person's own policies say of the attempt, one sentence each, where policies refused it; the server says
 * nothing of the other side.
 */
function ownReasons(error: unknown): string[] | undefined {
  const own = error instanceof ConsoleError ? error.details["own"] : undefined;
  return Array.isArray(own) ? (own as { message: string }[]).map(({ message }) => message) : undefined;
}

/** Why the role could not be entered, as far as this person may know, and what always holds. */
export function SwitchRefusal({ error }: { error: unknown }) {
  const text = useText();
  const own = ownReasons(error);
  return (
    <div role="alert">
      <Alert type="error" header={text("switch.refused")}>
        <Stack size="s">
          <Wrap>
            {own === undefined
              ? sentenceOf(error, text)
              : text(own.length > 0 ? "switch.ownSide" : "switch.otherSide")}
          </Wrap>
          {own !== undefined && own.length > 0 && (
            <div>
              <Box fontWeight="bold">{text("switch.own")}</Box>
              <ul>
                {own.map((reason) => (
                  <li key={reason} className="wrap">
                    {reason}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <Box color="text-body-secondary">{text("switch.advice")}</Box>
        </Stack>
      </Alert>
    </div>
  );
}
