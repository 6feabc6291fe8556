import { useParams } from "react-router";

import { Copy } from "@/components/copy";
import { Page } from "@/components/page";
import { PageTabs } from "@/components/page-tabs";
import { useText } from "@/i18n";

import { ObjectsPanel } from "./objects/objects-panel";
import { PermissionsTab } from "./permissions/permissions-tab";
import { PropertiesTab } from "./properties/properties-tab";

/** One bucket: its objects, properties and permissions. */
export function Component() {
  const text = useText();
  const { bucket = "" } = useParams();
  return (
    <Page
      title={bucket}
      above={[{ text: text("nav.buckets"), to: "/s3" }]}
      description={<Copy value={`arn:aws:s3:::${bucket}`} />}
    >
      <PageTabs
        tabs={[
          { id: "objects", label: text("s3.objects"), content: <ObjectsPanel bucket={bucket} /> },
          { id: "properties", label: text("s3.properties"), content: <PropertiesTab bucket={bucket} /> },
          { id: "permissions", label: text("permissions.tab"), content: <PermissionsTab bucket={bucket} /> },
        ]}
      />
    </Page>
  );
}
