import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import { ButtonLink } from "@/components/button-link";
import { Copy } from "@/components/copy";
import { Page } from "@/components/page";
import { useText } from "@/i18n";
import { ownerOf, pageOf } from "@/iam/entities";
import { isSwitchable, switchLink } from "@/iam/trust";
import { useSession } from "@/session/session-context";

/** What to do with a role that was just made: hand its link for switching to those it is for. */
export function RoleMade({ name, trust }: { name: string; trust: string }) {
  const text = useText();
  const { account, arn } = useSession();
  const roleArn = `arn:${ownerOf(arn).partition}:iam::${account}:role/${name}`;
  return (
    <Page
      title={name}
      above={[{ text: text("nav.roles"), to: "/iam/roles" }]}
      actions={
        <ButtonLink variant="primary" to={pageOf("role", name)}>
          {text("roles.view")}
        </ButtonLink>
      }
    >
      <Alert type="success" header={text("roles.made", { name })}>
        {isSwitchable(trust) && text("roles.handLink")}
      </Alert>
      <Container>
        <KeyValuePairs
          items={[
            { label: "ARN", value: <Copy value={roleArn} /> },
            ...(isSwitchable(trust)
              ? [{ label: text("roles.switchLink"), value: <Copy value={switchLink(account, name)} /> }]
              : []),
          ]}
        />
      </Container>
    </Page>
  );
}
