import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ProgressBar, { type ProgressBarProps } from "@cloudscape-design/components/progress-bar";

import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { type Key, useText } from "@/i18n";

import { sizeText } from "../objects/keys";
import type { TransferState } from "./transfer";
import type { Sent } from "./use-transfers";

const STATES: Record<TransferState, { words: Key; status: ProgressBarProps.Status }> = {
  waiting: { words: "upload.waiting", status: "in-progress" },
  running: { words: "upload.running", status: "in-progress" },
  paused: { words: "upload.paused", status: "in-progress" },
  failed: { words: "upload.failed", status: "error" },
  done: { words: "upload.done", status: "success" },
  cancelled: { words: "upload.cancelled", status: "error" },
};

interface Props {
  one: Sent;
  onPause: () => void;
  onResume: () => void;
  onCancel: () => void;
}

/** How far one file is, and what may be done about it. */
export function TransferRow({ one: { file, state, sent, error }, onPause, onResume, onCancel }: Props) {
  const text = useText();
  const { words, status } = STATES[state];
  const share = file.size === 0 ? 100 : Math.floor((100 * sent) / file.size);
  return (
    <Stack size="xs">
      <ProgressBar
        label={<Wrap>{file.name}</Wrap>}
        description={sizeText(file.size)}
        additionalInfo={status === "in-progress" ? text(words) : undefined}
        resultText={text(words)}
        status={status}
        value={share}
      />
      {error !== undefined && <Refusal error={error} />}
      <Box>
        <Stack row size="xs">
          {state === "running" && (
            <Button ariaLabel={text("upload.pauseFile", { name: file.name })} onClick={onPause}>
              {text("upload.pause")}
            </Button>
          )}
          {(state === "paused" || state === "failed") && (
            <Button ariaLabel={text("upload.resumeFile", { name: file.name })} onClick={onResume}>
              {text("upload.resume")}
            </Button>
          )}
          {state !== "done" && state !== "cancelled" && (
            <Button ariaLabel={text("upload.cancelFile", { name: file.name })} onClick={onCancel}>
              {text("form.cancel")}
            </Button>
          )}
        </Stack>
      </Box>
    </Stack>
  );
}
