import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import Tabs from "@cloudscape-design/components/tabs";

import { fetchCredentials, type TemporaryCredentials } from "@/api/calls";
import { useLoad } from "@/api/load";
import { momentText } from "@/components/date";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useI18n } from "@/i18n";
import { useSession } from "@/session/session-context";

// The longest that the server gives.
const COPIED_SECONDS = 3600;

function asVariables(keys: TemporaryCredentials): string {
  return [
    `export AWS_ACCESS_KEY_ID=${keys.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}`,
    `export AWS_SESSION_TOKEN=${keys.sessionToken}`,
    `export AWS_DEFAULT_REGION=${keys.region}`,
    `export AWS_ENDPOINT_URL=${keys.endpoint}`,
  ].join("\n");
}

function asProfile(keys: TemporaryCredentials, name: string): string {
  return [
    `[profile ${name}]`,
    `aws_access_key_id = ${keys.accessKeyId}`,
    `aws_secret_access_key = ${keys.secretAccessKey}`,
    `aws_session_token = ${keys.sessionToken}`,
    `region = ${keys.region}`,
    `endpoint_url = ${keys.endpoint}`,
  ].join("\n");
}

/** The session's temporary credentials, for a terminal. They are fetched when this opens and kept nowhere. */
export default function CopyCredentials({ onDismiss }: { onDismiss: () => void }) {
  const { text, language } = useI18n();
  const session = useSession();
  const { value, error } = useLoad(session.id, () => fetchCredentials(session.id, COPIED_SECONDS));
  const name = (session.displayName ?? session.name).replaceAll(/[^\w-]/g, "-");
  const forms = value && [
    { id: "variables", label: text("credentials.variables"), shown: asVariables(value) },
    { id: "profile", label: text("credentials.profile"), shown: asProfile(value, name) },
  ];
  return (
    <Modal visible size="large" header={text("identity.credentials")} onDismiss={onDismiss}>
      <Stack size="m">
        {error !== undefined && <Refusal error={error} />}
        {value && (
          <Box>{text("credentials.until", { when: momentText(new Date(value.expiration), language) })}</Box>
        )}
        {forms && (
          <Tabs
            tabs={forms.map(({ id, label, shown }) => ({
              id,
              label,
              content: (
                <Stack size="s">
                  <CopyToClipboard
                    copyButtonText={text("copy.button")}
                    textToCopy={shown}
                    copySuccessText={text("copy.done")}
                    copyErrorText={text("copy.failed")}
                  />
                  <Box variant="code">
                    <pre className="code">{shown}</pre>
                  </Box>
                </Stack>
              ),
            }))}
          />
        )}
      </Stack>
    </Modal>
  );
}
