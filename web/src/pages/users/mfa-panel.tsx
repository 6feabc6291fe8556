import {
  DeactivateMFADeviceCommand,
  DeleteVirtualMFADeviceCommand,
  ListMFADevicesCommand,
  type MFADevice,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct, useLoad } from "@/api/load";
import { Moment } from "@/components/date";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { MfaDialog } from "./mfa-dialog";

/** The MFA devices of a user, or of the caller when no user is named. */
export function MfaPanel({ user: UserName }: { user: string | undefined }) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [chosen, setChosen] = useState<MFADevice[]>([]);
  const [adding, setAdding] = useState(false);
  const loaded = useLoad(
    UserName ?? "",
    async () => (await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices ?? [],
  );
  const remove = () =>
    run(async () => {
      for (const device of chosen) {
        const { SerialNumber } = device;
        const owner = UserName ?? device.UserName;
        await iam.send(new DeactivateMFADeviceCommand({ UserName: owner, SerialNumber }));
        await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
      }
      setChosen([]);
      loaded.reload();
    });
  return (
    <>
      <ResourceTable
        title={text("mfa.title")}
        description={text("mfa.what")}
        loaded={loaded}
        error={error}
        id={({ SerialNumber = "" }) => SerialNumber}
        empty={text("mfa.empty")}
        selection={{ kind: "single", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={chosen.length === 0} loading={busy} onClick={() => void remove()}>
              {text("permissions.remove")}
            </Button>
            <Button onClick={() => setAdding(true)}>{text("mfa.add")}</Button>
          </>
        }
        columns={[
          { id: "serial", header: text("mfa.serial"), value: ({ SerialNumber }) => SerialNumber },
          {
            id: "since",
            header: text("mfa.since"),
            value: ({ EnableDate }) => EnableDate?.getTime(),
            cell: ({ EnableDate }) => <Moment at={EnableDate} />,
          },
        ]}
      />
      {adding && <MfaDialog user={UserName} onDone={loaded.reload} onClose={() => setAdding(false)} />}
    </>
  );
}
