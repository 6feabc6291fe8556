import { DeleteBucketPolicyCommand } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { ButtonLink } from "@/components/button-link";
import { Dialog } from "@/components/dialog";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";
import { indented } from "@/policy/policy-view";

import { readBucketPolicy } from "./read-policy";

export function BucketPolicyPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const [deleting, setDeleting] = useState(false);
  const loaded = useLoad(Bucket, () => readBucketPolicy(s3, Bucket));
  return (
    <Panel
      title={text("s3.policy")}
      description={text("s3.policyHelp")}
      loaded={loaded}
      actions={
        <>
          <Button disabled={!loaded.value} onClick={() => setDeleting(true)}>
            {text("delete.button")}
          </Button>
          <ButtonLink to={`/s3/${Bucket}/policy`}>{text("form.edit")}</ButtonLink>
        </>
      }
    >
      {(policy) => (
        <>
          {policy === "" ? (
            <Box color="text-body-secondary">{text("s3.noPolicy")}</Box>
          ) : (
            <Box variant="code">
              <pre className="code">{indented(policy)}</pre>
            </Box>
          )}
          {deleting && (
            <Dialog
              title={text("s3.policy")}
              button={text("delete.button")}
              onSubmit={async () => {
                await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
                loaded.reload();
              }}
              onClose={() => setDeleting(false)}
            >
              {text("s3.deletePolicyHelp")}
            </Dialog>
          )}
        </>
      )}
    </Panel>
  );
}
