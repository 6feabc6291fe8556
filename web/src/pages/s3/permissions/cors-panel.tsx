import { type CORSRule, DeleteBucketCorsCommand, GetBucketCorsCommand, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { orAbsent } from "@/api/absent";
import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { JsonDialog } from "@/components/json-dialog";
import type { Shape } from "@/components/json-shape";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

// What a rule may hold (S3 API, CORSRule).
const RULE: Shape = {
  ID: true,
  AllowedHeaders: true,
  AllowedMethods: true,
  AllowedOrigins: true,
  ExposeHeaders: true,
  MaxAgeSeconds: true,
};
const FIRST: CORSRule = { AllowedHeaders: ["*"], AllowedMethods: ["GET"], AllowedOrigins: ["https://www.example.com"] };

/** Which other sites' pages may call the bucket from a browser. */
export function CorsPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const [editing, setEditing] = useState(false);
  const loaded = useLoad(Bucket, () =>
    orAbsent(
      async () => (await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules ?? [],
      "NoSuchCORSConfiguration",
      [],
    ),
  );
  const save = async (CORSRules: CORSRule[]) => {
    await (CORSRules.length === 0
      ? s3.send(new DeleteBucketCorsCommand({ Bucket }))
      : s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } })));
    loaded.reload();
  };
  return (
    <Panel
      title={text("cors.title")}
      description={text("cors.help")}
      loaded={loaded}
      actions={
        <Button disabled={loaded.value === undefined} onClick={() => setEditing(true)}>
          {text("form.edit")}
        </Button>
      }
    >
      {(rules) => (
        <>
          {rules.length === 0 ? (
            <Box color="text-body-secondary">{text("cors.none")}</Box>
          ) : (
            <Box variant="code">
              <pre className="code">{JSON.stringify(rules, undefined, 2)}</pre>
            </Box>
          )}
          {editing && (
            <JsonDialog
              title={text("cors.title")}
              description={text("cors.jsonHelp")}
              initial={rules.length === 0 ? [FIRST] : rules}
              shape={RULE}
              onSave={save}
              onClose={() => setEditing(false)}
            />
          )}
        </>
      )}
    </Panel>
  );
}
