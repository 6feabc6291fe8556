import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useEffect, useRef } from "react";

import { explain } from "@/api/calls";
import { type Denial, denialOf, type Failure, failureOf, wantedStatement } from "@/api/errors";
import { useLoad } from "@/api/load";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { Copy } from "./copy";
import { Decision } from "./decision";
import { Stack } from "./stack";
import { Wrap } from "./wrap";

/** Who may not do what, on which resource, why, and what to ask an administrator for. */
function DenialPanel({ denial, failure }: { denial: Denial; failure: Failure }) {
  const text = useText();
  const statement = wantedStatement(denial);
  const explicit = /explicit deny|denies it\.$/.test(denial.why ?? "");
  return (
    <Stack size="s">
      <KeyValuePairs
        columns={1}
        items={[
          { label: text("refusal.who"), value: <Wrap>{denial.who}</Wrap> },
          { label: text("refusal.what"), value: <Wrap>{denial.action}</Wrap> },
          ...(denial.resource
            ? [{ label: text("refusal.resource"), value: <Wrap>{denial.resource}</Wrap> }]
            : []),
          { label: text("refusal.why"), value: <Wrap>{denial.why ?? text("refusal.noReason")}</Wrap> },
        ]}
      />
      <ExpandableSection headerText={text(explicit ? "refusal.askDeny" : "refusal.ask")}>
        {explicit ? (
          <Box>{text("refusal.askDenyText")}</Box>
        ) : (
          <Stack row size="xs">
            <pre className="code">{statement}</pre>
            <Copy value={statement} icon />
          </Stack>
        )}
      </ExpandableSection>
      {failure.requestId !== undefined && <Decision requestId={failure.requestId} />}
    </Stack>
  );
}

/** A refusal whose answer says nothing more is told from the server's record of it, as far as this person may know. */
function ToldDenial({ requestId, failure }: { requestId: string; failure: Failure }) {
  const { id } = useSession();
  const { value } = useLoad(requestId, () => explain(id, requestId));
  if (value === undefined) return <OtherFailure failure={failure} />;
  const why = value.own?.map(({ message }) => message).join(" ") || undefined;
  return <DenialPanel denial={{ who: value.caller, action: value.action, resource: value.resource, why }} failure={failure} />;
}

function OtherFailure({ failure: { message, requestId } }: { failure: Failure }) {
  const text = useText();
  return (
    <Stack size="xxs">
      <Wrap>{message || text("refusal.unavailable")}</Wrap>
      {requestId !== undefined && (
        <Box color="text-body-secondary" fontSize="body-s">
          {text("refusal.request", { id: requestId })}
        </Box>
      )}
    </Stack>
  );
}

interface Props {
  error: unknown;
  /** It stands in the place of what was to be shown, a page or a part of one, and does not call the page to itself.
   * Of a part it says in a line what is missing, and the rest when asked.
   */
  instead?: "page" | "part";
}

/** Says why something failed. Refusals are explained; what the server does not offer says so. */
export function Refusal({ error, instead }: Props) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Browsers of today answer a promise, which an effect must not return.
    if (instead === undefined) place.current?.scrollIntoView({ block: "nearest" });
  }, [error, instead]);
  const failure = failureOf(error);
  const denial = denialOf(failure.message);
  const { requestId } = failure;
  const header = failure.denied
    ? text("refusal.denied")
    : failure.notOffered
      ? text("refusal.notOffered")
      : failure.code;
  if (denial && instead === "part") {
    const { action, why = text("refusal.noReason") } = denial;
    const told = text("refusal.part", { why: why.includes(action) ? why : `${action}. ${why}` });
    return (
      <div ref={place} role="alert">
        <Alert type="info">
          <div className="level">
            <ExpandableSection headerText={<Wrap>{told}</Wrap>}>
              <DenialPanel denial={denial} failure={failure} />
            </ExpandableSection>
          </div>
        </Alert>
      </div>
    );
  }
  return (
    <div ref={place} role="alert">
      <Alert type={failure.notOffered ? "info" : "error"} header={header}>
        <Box padding={{ top: "xxs" }}>
          {denial ? (
            <DenialPanel denial={denial} failure={failure} />
          ) : failure.denied && requestId !== undefined ? (
            <ToldDenial requestId={requestId} failure={failure} />
          ) : (
            <OtherFailure failure={failure} />
          )}
        </Box>
      </Alert>
    </div>
  );
}
