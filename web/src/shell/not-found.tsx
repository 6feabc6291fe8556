import Box from "@cloudscape-design/components/box";

import { Page } from "@/components/page";
import { InternalLink } from "@/components/internal-link";
import { useText } from "@/i18n";

export function NotFound() {
  const text = useText();
  return (
    <Page title={text("notFound.title")}>
      <Box>
        {text("notFound.text")} <InternalLink to="/">{text("notFound.home")}</InternalLink>
      </Box>
    </Page>
  );
}
