import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";

import { fetchCredentials } from "@/api/calls";
import { keysOf } from "@/api/credentials";
import { Copy } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

const MINUTE = 60;
const LIVES = [5, 15, 60];
// Credentials are not given for less.
const SHORTEST = 15 * MINUTE;

interface Props {
  bucket: string;
  objectKey: string;
  version?: string | undefined;
  onClose: () => void;
}

/** A link that lets anybody who has it get the object, until it expires. It leads to the API's own port, where a
 * browser may show what is stored; its credentials last as long as it does.
 */
export function LinkDialog({ bucket, objectKey, version, onClose }: Props) {
  const text = useText();
  const { id } = useSession();
  const [minutes, setMinutes] = useState(15);
  const [link, setLink] = useState<string>();
  const options = LIVES.map((life) => ({ value: String(life), label: text("time.minutes", { minutes: life }) }));
  const make = async () => {
    const expiresIn = minutes * MINUTE;
    const found = await fetchCredentials(id, Math.max(SHORTEST, expiresIn));
    const { endpoint, region } = found;
    const s3 = new S3Client({ endpoint, region, credentials: keysOf(found), forcePathStyle: true });
    const command = new GetObjectCommand({ Bucket: bucket, Key: objectKey, VersionId: version });
    setLink(await getSignedUrl(s3, command, { expiresIn }));
  };
  return (
    <Dialog
      title={text("s3.link")}
      button={text("s3.makeLink")}
      onSubmit={make}
      // The link is shown, instead of closing.
      onClose={() => undefined}
      onCancel={onClose}
    >
      <Box>{text("s3.linkHelp")}</Box>
      <FormField label={text("s3.linkLife")}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === String(minutes)) ?? null}
          onChange={({ detail }) => {
            setMinutes(Number(detail.selectedOption.value));
            setLink(undefined);
          }}
        />
      </FormField>
      {link !== undefined && <Copy value={link} />}
    </Dialog>
  );
}
