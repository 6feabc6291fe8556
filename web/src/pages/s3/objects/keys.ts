import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  type S3Client,
} from "@aws-sdk/client-s3";

/** Every object whose key begins with `Prefix`, page by page; a page is no more than DeleteObjects takes. */
export async function* objectsUnder(s3: S3Client, Bucket: string, Prefix: string): AsyncGenerator<ObjectIdentifier[]> {
  let ContinuationToken: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }),
    );
    yield (page.Contents ?? []).map(({ Key }) => ({ Key }));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

/** The same with every version and delete marker. */
export async function* versionsUnder(s3: S3Client, Bucket: string, Prefix: string): AsyncGenerator<ObjectIdentifier[]> {
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (next !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix, ...next }),
    );
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
}

export interface Deleting {
  /** Told how many are deleted so far. */
  onProgress?: (deleted: number) => void;
  /** Asked between pages whether to go on. */
  stopped?: () => boolean;
}

/** Delete page after page. What could not be deleted is passed over, and thrown at the end in the server's words. */
export async function deleteAll(
  s3: S3Client,
  Bucket: string,
  pages: AsyncIterable<ObjectIdentifier[]> | Iterable<ObjectIdentifier[]>,
  { onProgress, stopped }: Deleting = {},
): Promise<void> {
  let deleted = 0;
  let refused: Error | undefined;
  for await (const Objects of pages) {
    if (stopped?.()) break;
    if (Objects.length === 0) continue;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    deleted += Objects.length - Errors.length;
    onProgress?.(deleted);
    if (Errors[0] !== undefined && refused === undefined) {
      refused = new Error(Errors[0].Message);
      refused.name = Errors[0].Code ?? "Error";
    }
  }
  if (refused !== undefined) throw refused;
}

/** The source of a copy, as its header has it. */
export function copySource(bucket: string, key: string, version?: string): string {
  const path = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return version === undefined ? path : `${path}?versionId=${encodeURIComponent(version)}`;
}

/** The page of an object, or of one version of it. */
export function objectPage(bucket: string, key: string, version?: string): string {
  const named = new URLSearchParams({ key, ...(version !== undefined && { version }) });
  return `/s3/${bucket}/object?${named.toString()}`;
}

/** The page of the objects under a prefix. */
export function prefixPage(bucket: string, prefix: string): string {
  return prefix === "" ? `/s3/${bucket}` : `/s3/${bucket}?prefix=${encodeURIComponent(prefix)}`;
}

/** A number of bytes for people. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ""}`;
}
