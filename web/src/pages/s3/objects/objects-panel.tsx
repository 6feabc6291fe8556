import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";

import { useAct } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Stack } from "@/components/stack";
import { useSearchParam } from "@/components/use-search-param";
import { useText } from "@/i18n";

import { UploadDialog } from "../upload/upload-dialog";
import { CopyDialog } from "./copy-dialog";
import { DeleteObjects } from "./delete-objects";
import { download } from "./download";
import { DropPlace } from "./drop-place";
import { EntriesTable } from "./entries-table";
import { EntryName } from "./entry-name";
import { LinkDialog } from "./link-dialog";
import { PrefixPath } from "./prefix-path";
import { type Entry, useObjects } from "./use-objects";

type Open = "upload" | "delete" | "copy" | "move" | "link";

/** The objects of a bucket, a prefix at a time, as if prefixes were folders. */
export function ObjectsPanel({ bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const [prefix] = useSearchParam("prefix");
  const [shown, setShown] = useSearchParam("versions");
  const versions = shown !== "";
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<Entry[]>([]);
  const [open, setOpen] = useState<Open>();
  const [dropped, setDropped] = useState<File[]>([]);
  const objects = useObjects(bucket, prefix, versions);
  const content = chosen.filter(({ folder, marker = false }) => !folder && !marker);
  const one = chosen.length === 1 ? content[0] : undefined;
  const done = () => {
    setChosen([]);
    objects.loaded.reload();
  };
  const save = () =>
    run(async () => {
      for (const { key, version } of content) await download(s3, bucket, key, version);
    });
  const close = () => {
    setOpen(undefined);
    setDropped([]);
  };
  return (
    <Stack size="m">
      <PrefixPath bucket={bucket} prefix={prefix} />
      {open === undefined && (
        <DropPlace
          onDrop={(files) => {
            setDropped(files);
            setOpen("upload");
          }}
        />
      )}
      <EntriesTable
        title={text("s3.objects")}
        loaded={objects.loaded}
        error={error}
        chosen={chosen}
        onChoose={setChosen}
        actions={
          <>
            <Toggle
              checked={versions}
              onChange={({ detail }) => {
                setChosen([]);
                setShown(detail.checked ? "all" : "");
              }}
            >
              {text("s3.showVersions")}
            </Toggle>
            <Button
              iconName="refresh"
              variant="icon"
              ariaLabel={text("table.refresh")}
              onClick={objects.loaded.reload}
            />
            <Button
              loading={busy}
              disabled={chosen.length === 0 || content.length < chosen.length}
              onClick={() => void save()}
            >
              {text("s3.download")}
            </Button>
            <ButtonDropdown
              disabled={chosen.length === 0}
              onItemClick={({ detail }) => setOpen(detail.id as Open)}
              items={[
                { id: "link", text: text("s3.link"), disabled: one === undefined },
                { id: "copy", text: text("s3.copy"), disabled: one === undefined },
                { id: "move", text: text("s3.rename"), disabled: one === undefined || versions },
                { id: "delete", text: text("delete.button") },
              ]}
            >
              {text("s3.actions")}
            </ButtonDropdown>
            <Button variant="primary" iconName="upload" onClick={() => setOpen("upload")}>
              {text("s3.upload")}
            </Button>
          </>
        }
        columns={[
          {
            id: "name",
            header: text("entity.name"),
            value: ({ name }) => name,
            cell: (entry) => <EntryName bucket={bucket} entry={entry} versions={versions} />,
          },
          ...(versions
            ? [
                {
                  id: "version",
                  header: text("s3.version"),
                  value: ({ version }: Entry) => version,
                  width: 200,
                },
              ]
            : []),
        ]}
      />
      {objects.more && <Button onClick={objects.loadMore}>{text("s3.more")}</Button>}
      {open === "upload" && (
        <UploadDialog bucket={bucket} prefix={prefix} initial={dropped} onDone={done} onClose={close} />
      )}
      {open === "delete" && (
        <DeleteObjects bucket={bucket} entries={chosen} versions={versions} onDone={done} onClose={close} />
      )}
      {(open === "copy" || open === "move") && one && (
        <CopyDialog
          bucket={bucket}
          from={one.key}
          version={one.version}
          move={open === "move"}
          onDone={done}
          onClose={close}
        />
      )}
      {open === "link" && one && (
        <LinkDialog bucket={bucket} objectKey={one.key} version={one.version} onClose={close} />
      )}
    </Stack>
  );
}
