import type { AccessKey } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";

import { Copy } from "@/components/copy";
import { saveFile } from "@/components/save-file";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

/** A new access key with its secret, which is shown this once. */
export function SecretDialog({ made, onClose }: { made: AccessKey; onClose: () => void }) {
  const text = useText();
  const { AccessKeyId = "", SecretAccessKey = "" } = made;
  const csv = `Access key ID,Secret access key\r\n${AccessKeyId},${SecretAccessKey}\r\n`;
  return (
    <Modal
      visible
      header={text("keys.made")}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Stack row size="xs">
            <Button
              iconName="download"
              onClick={() => saveFile(new Blob([csv], { type: "text/csv" }), `${AccessKeyId}.csv`)}
            >
              {text("keys.csv")}
            </Button>
            <Button variant="primary" onClick={onClose}>
              {text("form.done")}
            </Button>
          </Stack>
        </Box>
      }
    >
      <Stack size="m">
        <Alert type="warning">{text("keys.once")}</Alert>
        <KeyValuePairs
          items={[
            { label: text("keys.id"), value: <Copy value={AccessKeyId} /> },
            { label: text("keys.secret"), value: <Copy value={SecretAccessKey} /> },
          ]}
        />
      </Stack>
    </Modal>
  );
}
