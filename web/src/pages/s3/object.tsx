import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { useAct, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { LoadedPage } from "@/components/loaded-page";
import { PageTabs } from "@/components/page-tabs";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { headOf, type Which } from "./object/head";
import { ObjectDetails } from "./object/object-details";
import { VersionsPanel } from "./object/versions-panel";
import { CopyDialog } from "./objects/copy-dialog";
import { DeleteObjects } from "./objects/delete-objects";
import { download } from "./objects/download";
import { objectPage, prefixPage } from "./objects/keys";
import { LinkDialog } from "./objects/link-dialog";

type Open = "link" | "copy" | "move" | "delete";

/** One object, or one version of it: what it is, a preview, metadata, tags, locks, its versions. */
export function Component() {
  const text = useText();
  const s3 = useS3();
  const navigate = useNavigate();
  const { bucket = "" } = useParams();
  const [search] = useSearchParams();
  const { run, busy, error } = useAct();
  const [open, setOpen] = useState<Open>();
  const key = search.get("key") ?? "";
  const version = search.get("version") ?? undefined;
  const which: Which = { Bucket: bucket, Key: key, VersionId: version };
  const loaded = useLoad(`${bucket} ${key} ${version ?? ""}`, () => headOf(s3, which));
  const name = key.split("/").at(-1) || key;
  const prefix = key.slice(0, key.length - name.length);
  const folder = prefixPage(bucket, prefix);
  const close = () => setOpen(undefined);
  const entry = { key, name, folder: false, size: undefined, modified: undefined };
  return (
    <LoadedPage
      title={name}
      above={[
        { text: text("nav.buckets"), to: "/s3" },
        { text: bucket, to: `/s3/${bucket}` },
        ...(prefix === "" ? [] : [{ text: prefix, to: folder }]),
      ]}
      loaded={loaded}
      actions={() => (
        <Stack row size="xs">
          <Button loading={busy} onClick={() => void run(() => download(s3, bucket, key, version))}>
            {text("s3.download")}
          </Button>
          <ButtonDropdown
            onItemClick={({ detail }) => setOpen(detail.id as Open)}
            items={[
              { id: "link", text: text("s3.link") },
              { id: "copy", text: text("s3.copy") },
              { id: "move", text: text("s3.rename"), disabled: version !== undefined },
              { id: "delete", text: text("delete.button") },
            ]}
          >
            {text("s3.actions")}
          </ButtonDropdown>
        </Stack>
      )}
    >
      {(head) => (
        <>
          {error !== undefined && <Refusal error={error} />}
          <PageTabs
            tabs={[
              {
                id: "details",
                label: text("s3.properties"),
                content: <ObjectDetails which={which} head={head} onChange={loaded.reload} />,
              },
              { id: "versions", label: text("s3.versions"), content: <VersionsPanel bucket={bucket} objectKey={key} /> },
            ]}
          />
          {open === "link" && <LinkDialog bucket={bucket} objectKey={key} version={version} onClose={close} />}
          {(open === "copy" || open === "move") && (
            <CopyDialog
              bucket={bucket}
              from={key}
              version={version}
              move={open === "move"}
              onDone={(toBucket, toKey) => void navigate(objectPage(toBucket, toKey))}
              onClose={close}
            />
          )}
          {open === "delete" && (
            <DeleteObjects
              bucket={bucket}
              entries={[{ ...entry, ...(version !== undefined && { version }) }]}
              versions={version !== undefined}
              onDone={() => void navigate(folder)}
              onClose={close}
            />
          )}
        </>
      )}
    </LoadedPage>
  );
}
