import { CreateOpenIDConnectProviderCommand, CreateSAMLProviderCommand } from "@aws-sdk/client-iam";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";

interface Props {
  onDone: () => void;
  onClose: () => void;
}

/** Add an identity provider: SAML by its metadata, OpenID Connect by its address and audience. */
export function CreateProvider({ onDone, onClose }: Props) {
  const text = useText();
  const iam = useIam();
  const [kind, setKind] = useState("saml");
  const [name, setName] = useState("");
  const [metadata, setMetadata] = useState("");
  const [address, setAddress] = useState("https://");
  const [audience, setAudience] = useState("");
  const saml = kind === "saml";
  const create = async () => {
    await (saml
      ? iam.send(new CreateSAMLProviderCommand({ Name: name, SAMLMetadataDocument: metadata }))
      : iam.send(new CreateOpenIDConnectProviderCommand({ Url: address, ClientIDList: [audience] })));
    onDone();
  };
  return (
    <Dialog
      title={text("providers.create")}
      button={text("providers.create")}
      size="large"
      disabled={saml ? name === "" || metadata === "" : audience === ""}
      onSubmit={create}
      onClose={onClose}
    >
      <SegmentedControl
        label={text("entity.kind")}
        selectedId={kind}
        onChange={({ detail }) => setKind(detail.selectedId)}
        options={[
          { id: "saml", text: text("providers.saml") },
          { id: "web", text: text("providers.web") },
        ]}
      />
      {saml ? (
        <>
          <FormField label={text("entity.name")} constraintText={text("form.nameRule")}>
            <Input value={name} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label={text("providers.metadata")} description={text("providers.metadataHelp")} stretch>
            <Textarea value={metadata} rows={8} onChange={({ detail }) => setMetadata(detail.value)} />
          </FormField>
        </>
      ) : (
        <>
          <FormField label={text("providers.address")}>
            <Input value={address} type="url" onChange={({ detail }) => setAddress(detail.value)} />
          </FormField>
          <FormField label={text("roles.audience")}>
            <Input value={audience} onChange={({ detail }) => setAudience(detail.value)} />
          </FormField>
        </>
      )}
    </Dialog>
  );
}
