import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

/** What switching roles is, for those who have not done it yet. */
export function Introduction({ onBegin }: { onBegin: () => void }) {
  const text = useText();
  return (
    <Container>
      <Stack size="m">
        <Box variant="p">{text("switch.intro1")}</Box>
        <Box variant="p">{text("switch.intro2")}</Box>
        <Box variant="p">{text("switch.intro3")}</Box>
        <Button variant="primary" onClick={onBegin}>
          {text("switch.button")}
        </Button>
      </Stack>
    </Container>
  );
}
