import { type Bucket, DeleteBucketCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { ButtonLink } from "@/components/button-link";
import { Moment } from "@/components/date";
import { DeleteDialog } from "@/components/delete-dialog";
import { InternalLink } from "@/components/internal-link";
import { ListPage } from "@/components/list-page";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { EmptyDialog } from "./empty-dialog";

/** The buckets of the account. */
export function Component() {
  const text = useText();
  const s3 = useS3();
  const [chosen, setChosen] = useState<Bucket[]>([]);
  const [act, setAct] = useState<"delete" | "empty">();
  const loaded = useLoad("buckets", async () => (await s3.send(new ListBucketsCommand({}))).Buckets ?? []);
  const Bucket = chosen[0]?.Name ?? "";
  const remove = async () => {
    await s3.send(new DeleteBucketCommand({ Bucket }));
    setChosen([]);
    loaded.reload();
  };
  const close = () => setAct(undefined);
  return (
    <ListPage title={text("nav.buckets")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.buckets")}
        description={text("s3.what")}
        loaded={loaded}
        id={({ Name = "" }) => Name}
        empty={text("s3.empty")}
        selection={{ kind: "single", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={Bucket === ""} onClick={() => setAct("empty")}>
              {text("s3.emptyButton")}
            </Button>
            <Button disabled={Bucket === ""} onClick={() => setAct("delete")}>
              {text("delete.button")}
            </Button>
            <ButtonLink variant="primary" to="/s3/-/new">
              {text("s3.create")}
            </ButtonLink>
          </>
        }
        columns={[
          {
            id: "name",
            header: text("s3.name"),
            value: ({ Name }) => Name,
            cell: ({ Name = "" }) => <InternalLink to={`/s3/${Name}`}>{Name}</InternalLink>,
          },
          {
            id: "created",
            header: text("entity.created"),
            value: ({ CreationDate }) => CreationDate?.getTime(),
            cell: ({ CreationDate }) => <Moment at={CreationDate} />,
          },
        ]}
      />
      {act === "empty" && <EmptyDialog bucket={Bucket} onClose={close} />}
      {act === "delete" && (
        <DeleteDialog name={Bucket} onDelete={remove} onClose={close}>
          {text("s3.deleteHelp", { name: Bucket })}
        </DeleteDialog>
      )}
    </ListPage>
  );
}
