import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useState } from "react";

import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { TransferRow } from "./transfer-row";
import { useTransfers } from "./use-transfers";

interface Props {
  bucket: string;
  prefix: string;
  /** Files that are chosen already. */
  initial: File[];
  onDone: () => void;
  onClose: () => void;
}

/** Choose files, then upload them. It closes when all are there; closing it before gives up what is unfinished. */
export function UploadDialog({ bucket, prefix, initial, onDone, onClose }: Props) {
  const text = useText();
  const [files, setFiles] = useState(initial);
  const { sent, start, pause, resume, cancel } = useTransfers(bucket, prefix);
  const begun = sent.length > 0;
  const complete = begun && sent.every(({ state }) => state === "done");
  const over = begun && sent.every(({ state }) => state === "done" || state === "cancelled");
  const close = () => {
    if (begun) onDone();
    onClose();
  };
  useEffect(() => {
    if (complete) {
      onDone();
      onClose();
    }
    // Only when the last file is there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [complete]);
  return (
    <Modal
      visible
      size="large"
      header={text("s3.upload")}
      onDismiss={close}
      footer={
        <Box float="right">
          <Stack row size="xs">
            <Button variant={over ? "primary" : "link"} onClick={close}>
              {text(over ? "form.done" : "form.cancel")}
            </Button>
            {!begun && (
              <Button variant="primary" disabled={files.length === 0} onClick={() => void start(files)}>
                {text("s3.upload")}
              </Button>
            )}
          </Stack>
        </Box>
      }
    >
      {begun ? (
        <Stack size="m">
          {sent.map((one, place) => (
            <TransferRow
              key={place}
              one={one}
              onPause={() => pause(place)}
              onResume={() => resume(place)}
              onCancel={() => cancel(place)}
            />
          ))}
        </Stack>
      ) : (
        <FormField label={text("s3.uploadTo", { where: `${bucket}/${prefix}` })}>
          <FileUpload
            multiple
            value={files}
            showFileSize
            onChange={({ detail }) => setFiles(detail.value)}
            i18nStrings={{
              uploadButtonText: () => text("s3.chooseFiles"),
              dropzoneText: () => text("s3.dropFiles"),
              removeFileAriaLabel: (index) => text("editor.removeValue", { value: files[index]?.name ?? "" }),
              limitShowFewer: text("s3.fewer"),
              limitShowMore: text("s3.moreFiles"),
              errorIconAriaLabel: text("s3.error"),
            }}
            tokenLimit={10}
          />
        </FormField>
      )}
    </Modal>
  );
}
