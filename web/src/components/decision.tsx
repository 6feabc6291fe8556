import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { explain, type Explanation } from "@/api/calls";
import { useAct } from "@/api/load";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { Trace } from "./trace";
import { Stack } from "./stack";

/** The whole decision about a request, fetched when asked for; its trace only for those who may read it. */
export function Decision({ requestId }: { requestId: string }) {
  const text = useText();
  const { id } = useSession();
  const { run, busy, error } = useAct();
  const [found, setFound] = useState<Explanation>();
  if (found === undefined) {
    return (
      <Stack row size="xs">
        <Button
          variant="inline-link"
          loading={busy}
          onClick={() => void run(async () => setFound(await explain(id, requestId)))}
        >
          {text("refusal.explain")}
        </Button>
        {error !== undefined && <Box color="text-body-secondary">{text("refusal.noTrace")}</Box>}
      </Stack>
    );
  }
  return (
    <Stack size="xs">
      {found.own?.map(({ message }) => (
        <div key={message} className="wrap">
          {message}
        </div>
      ))}
      {found.trace === undefined ? <Box>{text("refusal.noTrace")}</Box> : <Trace trace={found.trace} />}
      <Box color="text-body-secondary" fontSize="body-s">
        {text("refusal.request", { id: requestId })}
      </Box>
    </Stack>
  );
}
