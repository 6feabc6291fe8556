import type { Role } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { ownerOf } from "@/iam/entities";
import { isSwitchable, switchLink } from "@/iam/trust";

interface Props {
  role: Role | undefined;
  trust: string;
}

export function RoleSummary({ role, trust }: Props) {
  const text = useText();
  const { Arn = "", Path = "/", RoleName = "", CreateDate, MaxSessionDuration = 3600 } = role ?? {};
  const link = switchLink(ownerOf(Arn).account, Path.slice(1) + RoleName);
  return (
    <Container header={<Header variant="h2">{text("entity.summary")}</Header>}>
      <Stack>
        <KeyValuePairs
          columns={3}
          items={[
            { label: "ARN", value: <Copy value={Arn} /> },
            {
              label: text("roles.switchLink"),
              value: isSwitchable(trust) ? <Copy value={link} /> : text("roles.notSwitchable"),
            },
            { label: text("entity.created"), value: <Moment at={CreateDate} /> },
            { label: text("keys.used"), value: <Moment at={role?.RoleLastUsed?.LastUsedDate} /> },
            { label: text("roles.duration"), value: text("roles.hours", { hours: MaxSessionDuration / 3600 }) },
          ]}
        />
        <KeyValuePairs items={[{ label: text("form.description"), value: role?.Description ?? "-" }]} />
      </Stack>
    </Container>
  );
}
