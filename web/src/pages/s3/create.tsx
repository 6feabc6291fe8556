import {
  CreateBucketCommand,
  type ObjectOwnership,
  type PublicAccessBlockConfiguration,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useNavigate } from "react-router";

import { useS3 } from "@/api/s3";
import { FormPage } from "@/components/form-page";
import { Stack } from "@/components/stack";
import { filledTags, type Tag, TagsField } from "@/components/tags-field";
import { useText } from "@/i18n";

import { OwnershipField } from "./permissions/ownership";
import { ALL_BLOCKED, allBlocked, PublicAccessField } from "./permissions/public-access";

interface Wanted {
  Bucket: string;
  ownership: ObjectOwnership;
  publicAccess: PublicAccessBlockConfiguration;
  versioning: boolean;
  lock: boolean;
  tags: Tag[];
}

const PRIVATE: Wanted = {
  Bucket: "",
  ownership: "BucketOwnerEnforced",
  publicAccess: ALL_BLOCKED,
  versioning: false,
  lock: false,
  tags: [],
};

/** Make the bucket. What holds anyway is not said: each thing that is said asks for a right of its own. */
async function make(s3: S3Client, { Bucket, ownership, publicAccess, versioning, lock, tags }: Wanted): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(ownership !== "BucketOwnerEnforced" && { ObjectOwnership: ownership }),
      ...(lock && { ObjectLockEnabledForBucket: true }),
    }),
  );
  if (!allBlocked(publicAccess)) {
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: publicAccess }));
  }
  if (versioning && !lock) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  }
  const TagSet = filledTags(tags);
  if (TagSet.length > 0) await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
}

/** Create a bucket; it is private unless one says otherwise. */
export function Component() {
  const text = useText();
  const s3 = useS3();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState(PRIVATE);
  const change = (changed: Partial<Wanted>) => setWanted({ ...wanted, ...changed });
  const { Bucket, ownership, publicAccess, versioning, lock, tags } = wanted;
  return (
    <FormPage
      title={text("s3.create")}
      description={text("s3.createHelp")}
      above={[{ text: text("nav.buckets"), to: "/s3" }]}
      button={text("s3.create")}
      disabled={Bucket === ""}
      onSubmit={async () => {
        await make(s3, wanted);
        await navigate(`/s3/${Bucket}`);
      }}
    >
      <Container>
        <FormField label={text("s3.name")} constraintText={text("s3.nameRule")}>
          <Input value={Bucket} name="bucketName" autoFocus onChange={({ detail }) => change({ Bucket: detail.value })} />
        </FormField>
      </Container>
      <Container header={<Header variant="h2">{text("s3.ownership")}</Header>}>
        <OwnershipField value={ownership} onChange={(chosen) => change({ ownership: chosen })} />
      </Container>
      <Container
        header={
          <Header variant="h2" description={text("s3.blockPublicHelp")}>
            {text("s3.blockPublic")}
          </Header>
        }
      >
        <PublicAccessField value={publicAccess} onChange={(chosen) => change({ publicAccess: chosen })} />
      </Container>
      <Container header={<Header variant="h2">{text("s3.keeping")}</Header>}>
        <Stack size="s">
          <Checkbox
            checked={versioning || lock}
            disabled={lock}
            description={text("s3.versioningHelp")}
            onChange={({ detail }) => change({ versioning: detail.checked })}
          >
            {text("s3.versioning")}
          </Checkbox>
          <Checkbox
            checked={lock}
            description={`${text("lock.help")} ${text("lock.atCreation")}`}
            onChange={({ detail }) => change({ lock: detail.checked })}
          >
            {text("lock.title")}
          </Checkbox>
        </Stack>
      </Container>
      <Container header={<Header variant="h2">{text("tags.optional")}</Header>}>
        <TagsField tags={tags} onChange={(changed) => change({ tags: changed })} />
      </Container>
    </FormPage>
  );
}
