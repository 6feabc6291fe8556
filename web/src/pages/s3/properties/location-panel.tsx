import { GetBucketLocationCommand } from "@aws-sdk/client-s3";

import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { Panel } from "@/components/panel";
import { useText } from "@/i18n";

export function LocationPanel({ bucket: Bucket }: { bucket: string }) {
  const text = useText();
  const s3 = useS3();
  const loaded = useLoad(Bucket, async () => {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
    return LocationConstraint ?? "us-east-1";
  });
  return (
    <Panel title={text("s3.region")} loaded={loaded}>
      {(region) => region}
    </Panel>
  );
}
