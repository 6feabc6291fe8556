import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { Dialog } from "@/components/dialog";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { type Entry, PERMISSIONS } from "./acl";

interface Props {
  entries: Entry[];
  name: (entry: Entry) => string;
  onSave: (entries: Entry[]) => Promise<unknown>;
  onClose: () => void;
}

/** Change what each grantee of an ACL has, and add other accounts by their canonical ids. */
export function AclDialog({ entries: initial, name, onSave, onClose }: Props) {
  const text = useText();
  const [entries, setEntries] = useState(initial);
  const [account, setAccount] = useState("");
  const change = (changed: Entry) => setEntries(entries.map((entry) => (entry.id === changed.id ? changed : entry)));
  const add = () => {
    const id = account.trim();
    if (!entries.some((entry) => entry.id === id)) {
      setEntries([...entries, { id, grantee: { Type: "CanonicalUser", ID: id }, permissions: ["READ"] }]);
    }
    setAccount("");
  };
  return (
    <Dialog
      title={text("acl.title")}
      button={text("form.save")}
      size="large"
      onSubmit={() => onSave(entries)}
      onClose={onClose}
    >
      <Alert type="warning">{text("acl.warning")}</Alert>
      {entries.map((entry) => (
        <div key={entry.id} role="group" aria-label={name(entry)}>
          <Box variant="awsui-key-label">
            <Wrap>{name(entry)}</Wrap>
          </Box>
          <Stack row size="m">
            {PERMISSIONS.map((permission) => (
              <Checkbox
                key={permission}
                checked={entry.permissions.includes(permission)}
                onChange={({ detail }) => {
                  const others = entry.permissions.filter((had) => had !== permission);
                  change({ ...entry, permissions: detail.checked ? [...others, permission] : others });
                }}
              >
                {text(`acl.${permission}`)}
              </Checkbox>
            ))}
          </Stack>
        </div>
      ))}
      <FormField label={text("acl.other")} description={text("acl.otherHelp")}>
        <div className="beside">
          <Input value={account} onChange={({ detail }) => setAccount(detail.value)} />
          <Button disabled={account.trim() === ""} onClick={add}>
            {text("tags.add")}
          </Button>
        </div>
      </FormField>
    </Dialog>
  );
}
