import { useState } from "react";

import { Stack } from "@/components/stack";

import { AclPanel } from "./acl-panel";
import { BucketPolicyPanel } from "./bucket-policy-panel";
import { BucketPublicAccessPanel } from "./bucket-public-access-panel";
import { CorsPanel } from "./cors-panel";
import { OwnershipPanel } from "./ownership-panel";

export function PermissionsTab({ bucket }: { bucket: string }) {
  // Whether ACLs count is the ownership's to say.
  const [ownership, setOwnership] = useState<string>();
  return (
    <Stack>
      <BucketPublicAccessPanel bucket={bucket} />
      <BucketPolicyPanel bucket={bucket} />
      <OwnershipPanel bucket={bucket} onKnown={setOwnership} />
      <AclPanel bucket={bucket} disabled={ownership === "BucketOwnerEnforced"} />
      <CorsPanel bucket={bucket} />
    </Stack>
  );
}
