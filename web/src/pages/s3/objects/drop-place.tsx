import FileDropzone, { useFilesDragging } from "@cloudscape-design/components/file-dropzone";

import { useText } from "@/i18n";

/** Where files may be dropped, shown while somebody drags some over the page. */
export function DropPlace({ onDrop }: { onDrop: (files: File[]) => void }) {
  const text = useText();
  const { areFilesDragging } = useFilesDragging();
  return areFilesDragging && <FileDropzone onChange={({ detail }) => onDrop(detail.value)}>{text("s3.dropFiles")}</FileDropzone>;
}
