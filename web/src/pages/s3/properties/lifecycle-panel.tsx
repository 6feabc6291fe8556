import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { orAbsent } from "@/api/absent";
import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { DeleteDialog } from "@/components/delete-dialog";
import { JsonDialog } from "@/components/json-dialog";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { actsOf, fieldsOf, fitsForm, NEW_RULE, RULE_SHAPE, scopeText } from "./lifecycle";
import { LifecycleRuleDialog } from "./lifecycle-rule-dialog";

type Open = "create" | "edit" | "json" | "delete";

/** The lifecycle rules of a bucket: what is deleted when. Common rules have a form, all can be had as JSON. */
export function LifecyclePanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const [chosen, setChosen] = useState<LifecycleRule[]>([]);
  const [open, setOpen] = useState<Open>();
  const loaded = useLoad(Bucket, () =>
    orAbsent(
      async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules ?? [],
      "NoSuchLifecycleConfiguration",
      [],
    ),
  );
  const rules = loaded.value ?? [];
  const [rule] = chosen;
  const others = rules.filter(({ ID }) => ID !== rule?.ID);
  const close = () => setOpen(undefined);
  const save = async (Rules: LifecycleRule[]) => {
    await (Rules.length === 0
      ? s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
      : s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } })));
    setChosen([]);
    loaded.reload();
  };
  return (
    <>
      <ResourceTable
        title={text("lifecycle.title")}
        description={text("lifecycle.help")}
        loaded={loaded}
        id={({ ID = "" }) => ID}
        empty={text("lifecycle.none")}
        selection={{ kind: "single", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={rule === undefined} onClick={() => setOpen("delete")}>
              {text("delete.button")}
            </Button>
            <Button disabled={rule === undefined} onClick={() => setOpen(rule && fitsForm(rule) ? "edit" : "json")}>
              {text("form.edit")}
            </Button>
            <Button disabled={loaded.value === undefined} onClick={() => setOpen("json")}>
              {text("json.edit")}
            </Button>
            <Button disabled={loaded.value === undefined} onClick={() => setOpen("create")}>
              {text("lifecycle.create")}
            </Button>
          </>
        }
        columns={[
          { id: "id", header: text("lifecycle.id"), value: ({ ID }) => ID },
          {
            id: "status",
            header: text("keys.status"),
            value: ({ Status }) => Status,
            cell: ({ Status }) => (
              <StatusIndicator type={Status === "Enabled" ? "success" : "stopped"}>
                {text(Status === "Enabled" ? "s3.enabled" : "s3.disabled")}
              </StatusIndicator>
            ),
          },
          { id: "scope", header: text("lifecycle.scope"), value: (item) => scopeText(text, item) },
          { id: "acts", header: text("lifecycle.acts"), value: (item) => actsOf(text, item).join("; "), width: 260 },
        ]}
      />
      {open === "create" && (
        <LifecycleRuleDialog initial={NEW_RULE} onSave={(made) => save([...rules, made])} onClose={close} />
      )}
      {open === "edit" && rule && (
        <LifecycleRuleDialog initial={fieldsOf(rule)} onSave={(changed) => save([...others, changed])} onClose={close} />
      )}
      {open === "json" && (
        <JsonDialog
          title={text("lifecycle.title")}
          description={text("lifecycle.jsonHelp")}
          initial={rules}
          shape={RULE_SHAPE}
          onSave={save}
          onClose={close}
        />
      )}
      {open === "delete" && rule && (
        <DeleteDialog name={rule.ID ?? ""} onDelete={() => save(others)} onClose={close}>
          {text("lifecycle.deleteHelp")}
        </DeleteDialog>
      )}
    </>
  );
}
