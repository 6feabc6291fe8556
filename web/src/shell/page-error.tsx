import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import { useRouteError } from "react-router";

import { useText } from "@/i18n";

/** A page that could not be shown, for example because its files were replaced by a newer version's. */
export function PageError() {
  const text = useText();
  const error = useRouteError();
  return (
    <Box padding="xxl">
      <Alert type="error" header={text("error.page")}>
        {error instanceof Error ? error.message : String(error)}
      </Alert>
    </Box>
  );
}
