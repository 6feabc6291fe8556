import { GetObjectCommand } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useEffect, useState } from "react";

import { useAct } from "@/api/load";
import { contentOf, useS3 } from "@/api/s3";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import type { Which } from "./head";

// What can be shown: pictures that carry no scripts, and the beginning of anything as text.
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const PICTURE_LIMIT = 10 * 2 ** 20;
const TEXT_LIMIT = 64 * 2 ** 10;

interface Shown {
  picture?: string;
  words?: string;
}

interface Props {
  which: Which;
  type: string;
  size: number;
}

/** A preview that cannot run: stored HTML is shown as text. */
export function PreviewPanel({ which, type, size }: Props) {
  const text = useText();
  const s3 = useS3();
  const { run, busy, error } = useAct();
  const [shown, setShown] = useState<Shown>();
  useEffect(
    () => () => {
      if (shown?.picture !== undefined) URL.revokeObjectURL(shown.picture);
    },
    [shown],
  );
  const preview = () =>
    run(async () => {
      const asPicture = PICTURES.test(type) && size <= PICTURE_LIMIT;
      const range = !asPicture && size > TEXT_LIMIT && { Range: `bytes=0-${TEXT_LIMIT - 1}` };
      const bytes = await contentOf(await s3.send(new GetObjectCommand({ ...which, ...range })));
      setShown(
        asPicture
          ? { picture: URL.createObjectURL(new Blob([bytes], { type })) }
          : { words: new TextDecoder().decode(bytes) },
      );
    });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button loading={busy} onClick={() => void preview()}>
              {text("s3.preview")}
            </Button>
          }
        >
          {text("s3.previewTitle")}
        </Header>
      }
    >
      <Stack size="s">
        {error !== undefined && <Refusal error={error} />}
        {shown === undefined && <Box color="text-body-secondary">{text("s3.previewHelp")}</Box>}
        {shown?.picture !== undefined && <img className="preview" src={shown.picture} alt={which.Key} />}
        {shown?.words !== undefined && (
          <Box variant="code">
            <pre className="code">{shown.words}</pre>
          </Box>
        )}
      </Stack>
    </Container>
  );
}
