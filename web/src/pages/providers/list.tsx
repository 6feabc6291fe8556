import { DeleteOpenIDConnectProviderCommand, DeleteSAMLProviderCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { Copy } from "@/components/copy";
import { Moment } from "@/components/date";
import { DeleteDialog } from "@/components/delete-dialog";
import { ListPage } from "@/components/list-page";
import { ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";
import { nameOf } from "@/iam/entities";
import { type Provider, useProviders } from "@/iam/use-providers";

import { CreateProvider } from "./create-provider";

/** The identity providers that roles of the account may trust. */
export function Component() {
  const text = useText();
  const iam = useIam();
  const loaded = useProviders();
  const [chosen, setChosen] = useState<Provider[]>([]);
  const [open, setOpen] = useState<"create" | "delete">();
  const [provider] = chosen;
  const close = () => setOpen(undefined);
  const remove = async () => {
    await (provider?.kind === "saml"
      ? iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn: provider.arn }))
      : iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider?.arn })));
    setChosen([]);
    loaded.reload();
  };
  return (
    <ListPage title={text("nav.providers")}>
      <ResourceTable
        variant="full-page"
        address="q"
        title={text("nav.providers")}
        description={text("providers.what")}
        loaded={loaded}
        id={({ arn }) => arn}
        empty={text("providers.empty")}
        selection={{ kind: "single", items: chosen, onChange: setChosen }}
        actions={
          <>
            <Button disabled={provider === undefined} onClick={() => setOpen("delete")}>
              {text("delete.button")}
            </Button>
            <Button variant="primary" onClick={() => setOpen("create")}>
              {text("providers.create")}
            </Button>
          </>
        }
        columns={[
          { id: "name", header: text("entity.name"), value: ({ arn }) => nameOf(arn) },
          { id: "kind", header: text("entity.kind"), value: ({ kind }) => text(`providers.${kind}`) },
          { id: "arn", header: "ARN", value: ({ arn }) => arn, cell: ({ arn }) => <Copy value={arn} /> },
          {
            id: "created",
            header: text("entity.created"),
            value: ({ created }) => created?.getTime(),
            cell: ({ created }) => <Moment at={created} />,
          },
        ]}
      />
      {open === "create" && <CreateProvider onDone={loaded.reload} onClose={close} />}
      {open === "delete" && provider && (
        <DeleteDialog name={nameOf(provider.arn)} onDelete={remove} onClose={close}>
          {text("providers.deleteHelp")}
        </DeleteDialog>
      )}
    </ListPage>
  );
}
