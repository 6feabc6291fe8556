import { GetPublicAccessBlockCommand, PutPublicAccessBlockCommand } from "@aws-sdk/client-s3";

import { useS3 } from "@/api/s3";
import { InternalLink } from "@/components/internal-link";
import { useText } from "@/i18n";

import { PublicAccessPanel } from "./public-access-panel";

export function BucketPublicAccessPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  return (
    <PublicAccessPanel
      id={Bucket}
      description={
        <>
          {text("s3.blockPublicHelp")} {text("s3.accountToo")}{" "}
          <InternalLink to="/block-public-access" variant="primary">
            {text("s3.accountBlock")}
          </InternalLink>
        </>
      }
      risk={text("s3.allowInBucket", { name: Bucket })}
      read={async () => (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration}
      save={(PublicAccessBlockConfiguration) =>
        s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }))
      }
    />
  );
}
