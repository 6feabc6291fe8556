import { CreateVirtualMFADeviceCommand, EnableMFADeviceCommand, type VirtualMFADevice } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { Copy } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { QrCode } from "./qr-code";

interface Props {
  user: string | undefined;
  onDone: () => void;
  onClose: () => void;
}

function seedOf({ Base32StringSeed }: VirtualMFADevice): string {
  return new TextDecoder().decode(Base32StringSeed);
}

/** Add an authenticator app: name it, scan the code, and enter two of its codes that follow each other. */
export function MfaDialog({ user, onDone, onClose }: Props) {
  const text = useText();
  const iam = useIam();
  const { name: self, account } = useSession();
  const owner = user ?? self;
  const [name, setName] = useState(owner);
  const [device, setDevice] = useState<VirtualMFADevice>();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  if (device === undefined) {
    return (
      <Dialog
        title={text("mfa.add")}
        button={text("form.next")}
        disabled={name === ""}
        onSubmit={async () => {
          const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }));
          setDevice(made.VirtualMFADevice);
        }}
        // The next step follows, instead of closing.
        onClose={() => undefined}
        onCancel={onClose}
      >
        <FormField label={text("mfa.name")} constraintText={text("form.nameRule")}>
          <Input value={name} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      </Dialog>
    );
  }
  const seed = seedOf(device);
  const label = encodeURIComponent(`Deputize:${owner}@${account}`);
  return (
    <Dialog
      title={text("mfa.add")}
      button={text("mfa.enable")}
      disabled={first === "" || second === ""}
      onSubmit={async () => {
        await iam.send(
          new EnableMFADeviceCommand({
            UserName: owner,
            SerialNumber: device.SerialNumber,
            AuthenticationCode1: first,
            AuthenticationCode2: second,
          }),
        );
        onDone();
      }}
      onClose={onClose}
    >
      <Box>{text("mfa.scan")}</Box>
      <QrCode value={`otpauth://totp/${label}?secret=${seed}&issuer=Deputize`} label={text("mfa.qr")} />
      <FormField label={text("mfa.seed")}>
        <Copy value={seed} />
      </FormField>
      <FormField label={text("mfa.code1")}>
        <Input value={first} inputMode="numeric" onChange={({ detail }) => setFirst(detail.value)} />
      </FormField>
      <FormField label={text("mfa.code2")} description={text("mfa.code2Help")}>
        <Input value={second} inputMode="numeric" onChange={({ detail }) => setSecond(detail.value)} />
      </FormField>
    </Dialog>
  );
}
