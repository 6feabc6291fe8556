import {
  GetBucketOwnershipControlsCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
} from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { useEffect, useState } from "react";

import { orAbsent } from "@/api/absent";
import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Dialog } from "@/components/dialog";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

import { OwnershipField, OWNERSHIPS } from "./ownership";

interface Props {
  bucket: string;
  onKnown: (ownership: ObjectOwnership | undefined) => void;
}

/** Who owns the bucket's objects, and whether ACLs have a say. */
export function OwnershipPanel({ bucket: Bucket, onKnown }: Props) {
  const text = useText();
  const s3 = useS3();
  const [edited, setEdited] = useState<ObjectOwnership>();
  const loaded = useLoad(Bucket, () =>
    orAbsent<ObjectOwnership>(
      async () => {
        const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
        return OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "ObjectWriter";
      },
      "OwnershipControlsNotFoundError",
      "ObjectWriter",
    ),
  );
  const { value } = loaded;
  useEffect(() => onKnown(value), [onKnown, value]);
  const save = async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: edited }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    loaded.reload();
  };
  const known = OWNERSHIPS.find((choice) => choice.value === value);
  return (
    <Panel
      title={text("s3.ownership")}
      description={known && text(known.help)}
      loaded={loaded}
      actions={
        <Button disabled={value === undefined} onClick={() => setEdited(value)}>
          {text("form.edit")}
        </Button>
      }
    >
      {(ownership) => (
        <>
          {known ? text(known.label) : ownership}
          {edited && (
            <Dialog
              title={text("s3.ownership")}
              button={text("form.save")}
              onSubmit={save}
              onClose={() => setEdited(undefined)}
            >
              <OwnershipField value={edited} onChange={setEdited} />
            </Dialog>
          )}
        </>
      )}
    </Panel>
  );
}
