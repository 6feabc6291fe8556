import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";

import { useText } from "@/i18n";
import type { Trusted } from "@/iam/trust";

type Service = Extract<Trusted, { kind: "service" }>;

const COMMON = ["ec2", "ecs-tasks", "lambda", "states", "s3", "events", "sagemaker", "glue", "batch"];

interface Props {
  trusted: Service;
  onChange: (trusted: Service) => void;
}

export function ServiceFields({ trusted, onChange }: Props) {
  const text = useText();
  return (
    <FormField label={text("roles.service")} description={text("roles.serviceHelp")}>
      <Autosuggest
        value={trusted.service}
        options={COMMON.map((name) => ({ value: `${name}.amazonaws.com` }))}
        ariaLabel={text("roles.service")}
        onChange={({ detail }) => onChange({ ...trusted, service: detail.value })}
      />
    </FormField>
  );
}
