import {
  type AccessKey,
  type AccessKeyMetadata,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { Moment } from "@/components/date";
import { DeleteDialog } from "@/components/delete-dialog";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { SecretDialog } from "./secret-dialog";

type Key = AccessKeyMetadata & { lastUsed: Date | undefined };

/** The access keys of a user, two at most; a secret is shown once, when the key is made. */
export function AccessKeysPanel({ user: UserName }: { user: string | undefined }) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<Key[]>([]);
  const [made, setMade] = useState<AccessKey>();
  const [deleting, setDeleting] = useState<string>();
  const loaded = useLoad(UserName ?? "", async () => {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    return Promise.all(
      AccessKeyMetadata.map(async (key): Promise<Key> => {
        const { AccessKeyId } = key;
        const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })).catch(() => undefined);
        return { ...key, lastUsed: used?.AccessKeyLastUsed?.LastUsedDate };
      }),
    );
  });
  const [key] = chosen;
  const done = () => {
    setChosen([]);
    loaded.reload();
  };
  const create = () =>
    run(async () => {
      setMade((await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey);
      done();
    });
  const toggle = () =>
    run(async () => {
      const Status = key?.Status === "Active" ? "Inactive" : "Active";
      await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: key?.AccessKeyId, Status }));
      done();
    });
  return (
    <>
      <ResourceTable
        title={text("keys.title")}
        description={text("keys.what")}
        loaded={loaded}
        error={error}
        id={({ AccessKeyId = "" }) => AccessKeyId}
        empty={text("keys.empty")}
        selection={{ kind: "single", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={key?.Status !== "Inactive"} onClick={() => setDeleting(key?.AccessKeyId)}>
              {text("delete.button")}
            </Button>
            <Button disabled={key === undefined} loading={busy} onClick={() => void toggle()}>
              {text(key?.Status === "Inactive" ? "keys.activate" : "keys.deactivate")}
            </Button>
            <Button loading={busy} onClick={() => void create()}>
              {text("keys.create")}
            </Button>
          </>
        }
        columns={[
          { id: "id", header: text("keys.id"), value: ({ AccessKeyId }) => AccessKeyId, width: 240 },
          {
            id: "status",
            header: text("keys.status"),
            value: ({ Status }) => Status,
            cell: ({ Status }) => (
              <StatusIndicator type={Status === "Active" ? "success" : "stopped"}>
                {text(Status === "Active" ? "keys.active" : "keys.inactive")}
              </StatusIndicator>
            ),
          },
          {
            id: "used",
            header: text("keys.used"),
            value: ({ lastUsed }) => lastUsed?.getTime(),
            cell: ({ lastUsed }) => <Moment at={lastUsed} />,
          },
          {
            id: "created",
            header: text("entity.created"),
            value: ({ CreateDate }) => CreateDate?.getTime(),
            cell: ({ CreateDate }) => <Moment at={CreateDate} />,
          },
        ]}
      />
      {made && <SecretDialog made={made} onClose={() => setMade(undefined)} />}
      {deleting !== undefined && (
        <DeleteDialog
          name={deleting}
          onDelete={async () => {
            await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: deleting }));
            done();
          }}
          onClose={() => setDeleting(undefined)}
        >
          {text("keys.deleteHelp")}
        </DeleteDialog>
      )}
    </>
  );
}
