import { GetAccountSummaryCommand } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";

import { failureOf } from "@/api/errors";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { InternalLink } from "@/components/internal-link";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { type Key, useText } from "@/i18n";

import { Findings } from "./findings";

const COUNTS: { name: string; label: Key; to: string }[] = [
  { name: "Groups", label: "nav.groups", to: "/iam/groups" },
  { name: "Users", label: "nav.users", to: "/iam/users" },
  { name: "Roles", label: "nav.roles", to: "/iam/roles" },
  { name: "Policies", label: "nav.policies", to: "/iam/policies" },
  { name: "Providers", label: "nav.providers", to: "/iam/providers" },
];

function Summary({ counts }: { counts: Record<string, number> }) {
  const text = useText();
  return (
    <ColumnLayout columns={COUNTS.length} minColumnWidth={110}>
      {COUNTS.map(({ name, label, to }) => (
        <div key={name}>
          <Box variant="awsui-key-label">{text(label)}</Box>
          <InternalLink to={to} variant="awsui-value-large">
            {counts[name] ?? 0}
          </InternalLink>
        </div>
      ))}
    </ColumnLayout>
  );
}

/** What the account holds, and what is dangerous in it. */
export default function AccountSummary() {
  const text = useText();
  const iam = useIam();
  const { value, error } = useLoad("summary", async () => (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {});
  return (
    <Stack>
      {error !== undefined && (
        <Alert type="info" header={text("dashboard.noRights")}>
          <Wrap>{failureOf(error).message}</Wrap>
        </Alert>
      )}
      {value && (
        <Stack>
          <Container header={<Header variant="h2">{text("dashboard.resources")}</Header>}>
            <Summary counts={value} />
          </Container>
          <Container header={<Header variant="h2">{text("dashboard.findings")}</Header>}>
            <Findings counts={value} />
          </Container>
        </Stack>
      )}
    </Stack>
  );
}
