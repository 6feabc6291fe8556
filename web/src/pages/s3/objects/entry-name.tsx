import Badge from "@cloudscape-design/components/badge";

import { InternalLink } from "@/components/internal-link";
import { Stack } from "@/components/stack";
import { Wrap } from "@/components/wrap";
import { useText } from "@/i18n";

import { objectPage, prefixPage } from "./keys";
import type { Entry } from "./use-objects";

interface Props {
  bucket: string;
  entry: Entry;
  versions: boolean;
}

/** The name of a folder, object or version, which leads there; a delete marker is nothing to look at. */
export function EntryName({ bucket, entry, versions }: Props) {
  const text = useText();
  const { key, name, folder, version, latest = false, marker = false } = entry;
  if (folder) {
    const page = prefixPage(bucket, key);
    return <InternalLink to={versions ? `${page}&versions=all` : page}>{name}</InternalLink>;
  }
  return (
    <Stack row size="xs">
      <div className="short" title={name}>
        {marker ? <Wrap>{name}</Wrap> : <InternalLink to={objectPage(bucket, key, version)}>{name}</InternalLink>}
      </div>
      {marker && <Badge color="red">{text("s3.marker")}</Badge>}
      {versions && latest && <Badge>{text("s3.latest")}</Badge>}
    </Stack>
  );
}
