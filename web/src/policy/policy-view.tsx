import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { PolicySummary } from "./summary";

/** A policy to read: what it grants, and its text. */
export function PolicyView({ document }: { document: string }) {
  const text = useText();
  return (
    <Stack>
      <PolicySummary document={document} />
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <CopyToClipboard
                copyButtonText={text("copy.button")}
                textToCopy={document}
                copySuccessText={text("copy.done")}
                copyErrorText={text("copy.failed")}
              />
            }
          >
            JSON
          </Header>
        }
      >
        <Box variant="code">
          <pre className="code">{indented(document)}</pre>
        </Box>
      </Container>
    </Stack>
  );
}

/** As it was written; what stands on one line is indented. */
export function indented(document: string): string {
  if (document.includes("\n")) return document;
  try {
    return JSON.stringify(JSON.parse(document), undefined, 2);
  } catch {
    return document;
  }
}
