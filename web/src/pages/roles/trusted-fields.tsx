import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Tiles from "@cloudscape-design/components/tiles";

import { Stack } from "@/components/stack";
import { type Text, useText } from "@/i18n";
import { CONSOLE_AUDIENCE, type Trusted, trustPolicy } from "@/iam/trust";
import { useCheckedPolicy, PolicyField } from "@/policy/policy-field";

import { AccountFields } from "./account-fields";
import { ProviderFields } from "./provider-fields";
import { ServiceFields } from "./service-fields";

const NEW: Record<Trusted["kind"], Trusted> = {
  account: { kind: "account", account: "", externalId: "", mfa: false },
  service: { kind: "service", service: "ec2.amazonaws.com" },
  web: { kind: "web", provider: "", audience: "" },
  saml: { kind: "saml", provider: "", audience: CONSOLE_AUDIENCE },
  custom: {
    kind: "custom",
    document: trustPolicy({ kind: "account", account: "111111111111", externalId: "", mfa: false }, "aws"),
  },
};
const KINDS = ["account", "service", "web", "saml", "custom"] as const;

/** Why the role cannot be made for this yet. */
export function trustedProblem(trusted: Trusted, text: Text): string | undefined {
  switch (trusted.kind) {
    case "account":
      return /^\d{12}$/.test(trusted.account) ? undefined : text("roles.accountRule");
    case "service":
      return trusted.service === "" ? text("roles.serviceMissing") : undefined;
    case "web":
    case "saml":
      return trusted.provider === "" ? text("roles.providerMissing") : undefined;
    case "custom":
      return undefined;
  }
}

function CustomFields({ document: initial, onChange }: { document: string; onChange: (document: string) => void }) {
  const text = useText();
  const { document, setDocument, findings } = useCheckedPolicy(initial, "RESOURCE_POLICY");
  return (
    <PolicyField
      title={text("roles.trustPolicy")}
      identity={false}
      value={document}
      findings={findings}
      onChange={(changed) => {
        setDocument(changed);
        onChange(changed);
      }}
    />
  );
}

interface Props {
  trusted: Trusted;
  onChange: (trusted: Trusted) => void;
}

/** Who may assume the role: another account, a service, an identity provider's people, or a policy by hand. */
export function TrustedFields({ trusted, onChange }: Props) {
  const text = useText();
  return (
    <>
      <Container header={<Header variant="h2">{text("roles.trustedKind")}</Header>}>
        <Tiles
          ariaLabel={text("roles.trustedKind")}
          value={trusted.kind}
          columns={3}
          onChange={({ detail }) => onChange(NEW[KINDS.find((kind) => kind === detail.value) ?? "account"])}
          items={KINDS.map((kind) => ({
            value: kind,
            label: text(`roles.kind.${kind}`),
            description: text(`roles.kind.${kind}.help`),
          }))}
        />
      </Container>
      {trusted.kind === "custom" ? (
        <CustomFields document={trusted.document} onChange={(document) => onChange({ kind: "custom", document })} />
      ) : (
        <Container header={<Header variant="h2">{text(`roles.kind.${trusted.kind}`)}</Header>}>
          <Stack>
            {trusted.kind === "account" && <AccountFields trusted={trusted} onChange={onChange} />}
            {trusted.kind === "service" && <ServiceFields trusted={trusted} onChange={onChange} />}
            {(trusted.kind === "web" || trusted.kind === "saml") && (
              <ProviderFields trusted={trusted} onChange={onChange} />
            )}
          </Stack>
        </Container>
      )}
    </>
  );
}

