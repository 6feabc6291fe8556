import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";

import { ButtonLink } from "@/components/button-link";
import { useText } from "@/i18n";
import { pageOf } from "@/iam/entities";
import { indented } from "@/policy/policy-view";

/** Who may assume the role, as its trust policy says. */
export function TrustPanel({ role, document }: { role: string; document: string }) {
  const text = useText();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={text("roles.trustHelp")}
          actions={<ButtonLink to={`${pageOf("role", role)}/trust`}>{text("roles.editTrust")}</ButtonLink>}
        >
          {text("roles.trustPolicy")}
        </Header>
      }
    >
      <Box variant="code">
        <pre className="code">{indented(document)}</pre>
      </Box>
    </Container>
  );
}
