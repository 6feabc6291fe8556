import {
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserPermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  PutUserPermissionsBoundaryCommand,
} from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";

import { useIam } from "@/api/iam";
import { useAct } from "@/api/load";
import { Dialog } from "@/components/dialog";
import { InternalLink } from "@/components/internal-link";
import { Refusal } from "@/components/refusal";
import { Stack } from "@/components/stack";
import { useText } from "@/i18n";

import { nameOf, policyPage } from "./entities";
import { PolicyPicker } from "./policy-picker";

interface Props {
  kind: "user" | "role";
  name: string;
  /** The ARN of the policy that is the boundary. */
  boundary: string | undefined;
  onChange: () => void;
}

/** The permissions boundary of a user or role: the most that its policies can grant. */
export function BoundaryPanel({ kind, name, boundary, onChange }: Props) {
  const text = useText();
  const iam = useIam();
  const { run, busy, error } = useAct();
  const [choosing, setChoosing] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const set = async () => {
    const [PermissionsBoundary] = chosen;
    await (kind === "user"
      ? iam.send(new PutUserPermissionsBoundaryCommand({ UserName: name, PermissionsBoundary }))
      : iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary })));
    onChange();
  };
  const remove = () =>
    run(async () => {
      await (kind === "user"
        ? iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: name }))
        : iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name })));
      onChange();
    });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={text("boundary.what")}
          actions={
            <Stack row size="xs">
              {boundary !== undefined && (
                <Button loading={busy} onClick={() => void remove()}>
                  {text("permissions.remove")}
                </Button>
              )}
              <Button onClick={() => setChoosing(true)}>{text("boundary.set")}</Button>
            </Stack>
          }
        >
          {text("boundary.title")}
        </Header>
      }
    >
      {error !== undefined && <Refusal error={error} />}
      {boundary === undefined ? (
        <Box color="text-body-secondary">{text("boundary.none")}</Box>
      ) : (
        <InternalLink to={policyPage(boundary)}>{nameOf(boundary)}</InternalLink>
      )}
      {choosing && (
        <Dialog
          title={text("boundary.set")}
          button={text("boundary.set")}
          size="large"
          disabled={chosen.length === 0}
          onSubmit={set}
          onClose={() => setChoosing(false)}
        >
          <PolicyPicker single chosen={chosen} onChange={setChosen} />
        </Dialog>
      )}
    </Container>
  );
}
