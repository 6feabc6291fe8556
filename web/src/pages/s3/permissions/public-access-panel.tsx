import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { type ReactNode, useState } from "react";

import { orAbsent } from "@/api/absent";
import { useEdit } from "@/api/edit";
import { useAct } from "@/api/load";
import { DeleteDialog } from "@/components/delete-dialog";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

import { allowsMore, PublicAccessField } from "./public-access";

interface Props {
  /** What tells the bucket or account from others. */
  id: string;
  description: ReactNode;
  /** What may become public once something is no longer blocked. */
  risk: string;
  read: () => Promise<PublicAccessBlockConfiguration | undefined>;
  save: (wanted: PublicAccessBlockConfiguration) => Promise<unknown>;
}

/** Block Public Access of a bucket or an account. To allow more than before has to be confirmed by a word, as on AWS. */
export function PublicAccessPanel({ id, description, risk, read, save: send }: Props) {
  const text = useText();
  const { run, busy, error } = useAct();
  const [asking, setAsking] = useState(false);
  const readOrNone = async () => (await orAbsent(read, "NoSuchPublicAccessBlockConfiguration", {})) ?? {};
  const { loaded, edited, edit, save } = useEdit(id, readOrNone, send);
  const risky = allowsMore(edited ?? {}, loaded.value ?? {});
  return (
    <Panel
      title={text("s3.blockPublic")}
      description={description}
      loaded={loaded}
      busy={busy}
      error={error}
      actions={
        <Button
          disabled={edited === undefined}
          loading={busy}
          onClick={() => (risky ? setAsking(true) : void run(save))}
        >
          {text("form.save")}
        </Button>
      }
    >
      {(settings) => (
        <>
          <PublicAccessField value={edited ?? settings} onChange={edit} />
          {asking && (
            <DeleteDialog
              name={text("s3.allowWord")}
              title={text("s3.allowTitle")}
              button={text("form.save")}
              onDelete={save}
              onClose={() => setAsking(false)}
            >
              {risk}
            </DeleteDialog>
          )}
        </>
      )}
    </Panel>
  );
}
