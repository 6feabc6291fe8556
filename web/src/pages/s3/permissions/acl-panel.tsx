import { type AccessControlPolicy, GetBucketAclCommand, PutBucketAclCommand } from "@aws-sdk/client-s3";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { ResourceTable } from "@/components/resource-table";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { type Entry, entriesOf, grantsOf, groupName, PERMISSIONS } from "./acl";
import { AclDialog } from "./acl-dialog";

interface Props {
  bucket: string;
  /** ACLs count for nothing here. */
  disabled: boolean;
}

/** The bucket's access control list: what accounts and groups may do, beside policies. */
export function AclPanel({ bucket: Bucket, disabled }: Props) {
  const text = useText();
  const s3 = useS3();
  const [editing, setEditing] = useState(false);
  const loaded = useLoad(Bucket, async () => {
    const { Owner, Grants = [] } = await s3.send(new GetBucketAclCommand({ Bucket }));
    return { owner: Owner, entries: entriesOf(Owner?.ID ?? "", Grants) };
  });
  const owner = loaded.value?.owner;
  const save = async (entries: Entry[]) => {
    const AccessControlPolicy: AccessControlPolicy = { Owner: owner, Grants: grantsOf(entries) };
    await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }));
    loaded.reload();
  };
  const name = ({ id }: Entry) => {
    const group = groupName(id);
    return group !== undefined ? text(group) : id === owner?.ID ? text("acl.owner", { id }) : id;
  };
  const has = ({ permissions }: Entry) => {
    const given = PERMISSIONS.filter((permission) => permissions.includes(permission));
    return given.map((permission) => text(`acl.${permission}`)).join(", ");
  };
  return (
    <>
      <ResourceTable
        title={text("acl.title")}
        description={text(disabled ? "acl.disabled" : "acl.help")}
        loaded={{ ...loaded, value: loaded.value?.entries.filter(({ permissions }) => permissions.length > 0) }}
        id={({ id }) => id}
        empty={text("acl.none")}
        actions={
          <Button disabled={disabled || loaded.value === undefined} onClick={() => setEditing(true)}>
            {text("form.edit")}
          </Button>
        }
        columns={[
          { id: "grantee", header: text("acl.grantee"), value: name, cell: (entry) => <Wrap>{name(entry)}</Wrap> },
          { id: "permissions", header: text("acl.permissions"), value: has },
        ]}
      />
      {editing && loaded.value && (
        <AclDialog entries={loaded.value.entries} name={name} onSave={save} onClose={() => setEditing(false)} />
      )}
    </>
  );
}
