import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useRef, useState } from "react";

import { useS3 } from "@/api/s3";
import { DeleteDialog } from "@/components/delete-dialog";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { deleteAll, versionsUnder } from "./objects/keys";

interface Props {
  bucket: string;
  onClose: () => void;
}

/** Empty a bucket: all objects with all their versions go, and one sees how far it is. Closing it stops it there. */
export function EmptyDialog({ bucket, onClose }: Props) {
  const text = useText();
  const s3 = useS3();
  const closed = useRef(false);
  const [deleted, setDeleted] = useState<number>();
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);
  const empty = () => {
    setDeleted(0);
    const stopped = () => closed.current;
    return deleteAll(s3, bucket, versionsUnder(s3, bucket, ""), { onProgress: setDeleted, stopped });
  };
  return (
    <DeleteDialog
      name={bucket}
      title={text("s3.emptyTitle", { name: bucket })}
      button={text("s3.emptyButton")}
      onDelete={empty}
      onClose={onClose}
    >
      <Stack size="s">
        {text("s3.emptyHelp", { name: bucket })}
        {deleted !== undefined && (
          <div role="status">
            <StatusIndicator type="in-progress">{text("s3.deleted", { count: deleted })}</StatusIndicator>
          </div>
        )}
      </Stack>
    </DeleteDialog>
  );
}
