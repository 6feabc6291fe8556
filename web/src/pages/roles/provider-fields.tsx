import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";

import { Refusal } from "@/components/refusal";
import { useText } from "@/i18n";
import { nameOf } from "@/iam/entities";
import type { Trusted } from "@/iam/trust";
import { useProviders } from "@/iam/use-providers";

type Federated = Extract<Trusted, { kind: "web" | "saml" }>;

interface Props {
  trusted: Federated;
  onChange: (trusted: Federated) => void;
}

export function ProviderFields({ trusted, onChange }: Props) {
  const text = useText();
  const { value = [], error, loading } = useProviders();
  const options = value
    .filter(({ kind }) => kind === trusted.kind)
    .map(({ arn }) => ({ value: arn, label: nameOf(arn), description: arn }));
  return (
    <>
      {error !== undefined && <Refusal error={error} />}
      <FormField label={text("roles.provider")}>
        <Select
          options={options}
          selectedOption={options.find(({ value: arn }) => arn === trusted.provider) ?? null}
          placeholder={text("roles.chooseProvider")}
          empty={text("providers.empty")}
          statusType={loading ? "loading" : "finished"}
          onChange={({ detail }) => onChange({ ...trusted, provider: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <FormField label={text("roles.audience")}>
        <Input value={trusted.audience} onChange={({ detail }) => onChange({ ...trusted, audience: detail.value })} />
      </FormField>
    </>
  );
}
