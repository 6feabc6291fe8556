import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { lazy, Suspense } from "react";

import { Copy } from "@/components/copy";
import { InternalLink } from "@/components/internal-link";
import { Page } from "@/components/page";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";
import { readableAccount, sessionLabel } from "@/session/names";
import { useSession } from "@/session/session-context";

// Needs the SDK for IAM, which this page is shown without.
const AccountSummary = lazy(() => import("./account-summary"));

function WhoAmI() {
  const text = useText();
  const session = useSession();
  const { arn, account, accountAlias = account } = session;
  const address = `${window.location.origin}/_console/signin/${accountAlias}`;
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: text("dashboard.account"), value: <Copy value={account} /> },
        { label: text("dashboard.me"), value: <Copy value={arn} /> },
        { label: text("dashboard.signInLink"), value: <Copy value={address} /> },
      ]}
    />
  );
}

/** The first page: who and where one is, what the account holds, what is dangerous in it. */
export function Component() {
  const text = useText();
  const session = useSession();
  const { account, accountAlias: alias } = session;
  return (
    <Page
      title={sessionLabel(session)}
      description={
        alias ? text("dashboard.alias", { alias }) : text("dashboard.noAlias", { account: readableAccount(account) })
      }
    >
      <Container header={<Header variant="h2">{text("dashboard.who")}</Header>}>
        <WhoAmI />
      </Container>
      <Suspense>
        <AccountSummary />
      </Suspense>
      <Container header={<Header variant="h2">{text("dashboard.go")}</Header>}>
        <Stack size="xs">
          <InternalLink to="/s3">{text("dashboard.buckets")}</InternalLink>
          <InternalLink to="/roles">{text("dashboard.roles")}</InternalLink>
          <InternalLink to="/security">{text("dashboard.security")}</InternalLink>
        </Stack>
      </Container>
    </Page>
  );
}
