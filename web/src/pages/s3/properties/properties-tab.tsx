import { Stack } from "@/components/stack";

import { AbacPanel } from "./abac-panel";
import { BucketTagsPanel } from "./bucket-tags-panel";
import { EncryptionPanel } from "./encryption-panel";
import { LifecyclePanel } from "./lifecycle-panel";
import { LocationPanel } from "./location-panel";
import { ObjectLockPanel } from "./object-lock-panel";
import { VersioningPanel } from "./versioning-panel";

export function PropertiesTab({ bucket }: { bucket: string }) {
  return (
    <Stack>
      <LocationPanel bucket={bucket} />
      <VersioningPanel bucket={bucket} />
      <BucketTagsPanel bucket={bucket} />
      <AbacPanel bucket={bucket} />
      <EncryptionPanel bucket={bucket} />
      <ObjectLockPanel bucket={bucket} />
      <LifecyclePanel bucket={bucket} />
    </Stack>
  );
}
