import { Stack } from "@/components/stack";

import { BoundaryPanel } from "./boundary-panel";
import { PermissionsPanel } from "./permissions-panel";

interface Props {
  kind: "user" | "role";
  name: string;
  /** The ARN of the policy that is the boundary. */
  boundary: string | undefined;
  onChange: () => void;
}

/** What a user or role may do, and the most that it may. */
export function PermissionsTab(props: Props) {
  return (
    <Stack>
      <PermissionsPanel kind={props.kind} name={props.name} />
      <BoundaryPanel {...props} />
    </Stack>
  );
}
