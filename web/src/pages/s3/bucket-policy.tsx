import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { useNavigate, useParams } from "react-router";

import { useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";
import { LoadedPage } from "@/components/loaded-page";
import { useText } from "@/i18n";
import { PolicyEditPage } from "@/policy/policy-edit-page";
import { VERSION } from "@/policy/statements";

import { readBucketPolicy } from "./permissions/read-policy";

function firstPolicy(bucket: string): string {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const statement = { Effect: "Allow", Principal: { AWS: [] }, Action: [], Resource };
  return JSON.stringify({ Version: VERSION, Statement: [statement] }, undefined, 2);
}

/** Write or change a bucket's policy. */
export function Component() {
  const text = useText();
  const s3 = useS3();
  const navigate = useNavigate();
  const { bucket: Bucket = "" } = useParams();
  const above = [
    { text: text("nav.buckets"), to: "/s3" },
    { text: Bucket, to: `/s3/${Bucket}` },
  ];
  const loaded = useLoad(Bucket, () => readBucketPolicy(s3, Bucket));
  if (loaded.value === undefined) {
    return (
      <LoadedPage title={text("s3.policy")} above={above} loaded={loaded}>
        {() => null}
      </LoadedPage>
    );
  }
  return (
    <PolicyEditPage
      title={text("s3.policy")}
      description={text("s3.policyHelp")}
      above={above}
      initial={loaded.value || firstPolicy(Bucket)}
      type="RESOURCE_POLICY"
      onSave={async (Policy) => {
        await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
        await navigate(`/s3/${Bucket}`);
      }}
    />
  );
}
