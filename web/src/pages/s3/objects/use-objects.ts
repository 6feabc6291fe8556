import {
  type CommonPrefix,
  type DeleteMarkerEntry,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import { useState } from "react";

import { type Loaded, useLoad } from "@/api/load";
import { useS3 } from "@/api/s3";

export interface Entry {
  key: string;
  /** The key without the prefix that is looked at. */
  name: string;
  folder: boolean;
  size: number | undefined;
  modified: Date | undefined;
  /** Which one, where versions are listed. */
  version?: string;
  latest?: boolean;
  marker?: boolean;
}

/** What tells an entry from the others. */
export function idOf({ key, version = "" }: Entry): string {
  return version === "" ? key : `${key} (${version})`;
}

interface Objects {
  loaded: Loaded<Entry[]>;
  more: boolean;
  loadMore: () => void;
}

interface Listed {
  entries: Entry[];
  /** Where the next page begins. */
  next: object | undefined;
}

const PAGE = 1000;

function folders(prefixes: CommonPrefix[] | undefined, prefix: string): Entry[] {
  return (prefixes ?? []).map(({ Prefix: key = "" }) => ({
    key,
    name: key.slice(prefix.length),
    folder: true,
    size: undefined,
    modified: undefined,
  }));
}

function entryOf(key: string, prefix: string, size: number | undefined, modified: Date | undefined): Entry {
  return { key, name: key.slice(prefix.length) || key, folder: false, size, modified };
}

/** A page of objects. */
async function listObjects(s3: S3Client, Bucket: string, Prefix: string, next: object): Promise<Listed> {
  const asked = { Bucket, Prefix, Delimiter: "/", MaxKeys: PAGE, ...next };
  const { CommonPrefixes, Contents = [], NextContinuationToken } = await s3.send(new ListObjectsV2Command(asked));
  return {
    entries: [
      ...folders(CommonPrefixes, Prefix),
      ...Contents.map(({ Key = "", Size, LastModified }) => entryOf(Key, Prefix, Size, LastModified)),
    ],
    next: NextContinuationToken === undefined ? undefined : { ContinuationToken: NextContinuationToken },
  };
}

/** A page of versions and delete markers, those of one key together, the newest first. */
async function listVersions(s3: S3Client, Bucket: string, Prefix: string, next: object): Promise<Listed> {
  const asked = { Bucket, Prefix, Delimiter: "/", MaxKeys: PAGE, ...next };
  const page = await s3.send(new ListObjectVersionsCommand(asked));
  const found: (ObjectVersion & DeleteMarkerEntry & { marker: boolean })[] = [
    ...(page.Versions ?? []).map((version) => ({ ...version, marker: false })),
    ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, marker: true })),
  ];
  const newest = (at: Date | undefined) => -(at?.getTime() ?? 0);
  found.sort(
    ({ Key: one = "", ...a }, { Key: other = "", ...b }) =>
      (one < other ? -1 : one > other ? 1 : 0) ||
      Number(b.IsLatest ?? false) - Number(a.IsLatest ?? false) ||
      newest(a.LastModified) - newest(b.LastModified),
  );
  return {
    entries: [
      ...folders(page.CommonPrefixes, Prefix),
      ...found.map(({ Key = "", Size, LastModified, VersionId = "", IsLatest = false, marker }) => ({
        ...entryOf(Key, Prefix, Size, LastModified),
        version: VersionId,
        latest: IsLatest,
        marker,
      })),
    ],
    next: page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined,
  };
}

/** The versions and delete markers of one object. Its key is the first of all that begin with it. */
export async function versionsOf(s3: S3Client, bucket: string, key: string): Promise<Entry[]> {
  const found: Entry[] = [];
  let next: object | undefined = {};
  while (next !== undefined) {
    const listed: Listed = await listVersions(s3, bucket, key, next);
    const own = listed.entries.filter((entry) => entry.key === key && !entry.folder);
    found.push(...own);
    next = own.length < listed.entries.length ? undefined : listed.next;
  }
  return found.map((entry) => ({ ...entry, name: key }));
}

/** The objects and folders under a prefix, with all versions or the current ones; each `loadMore` a thousand more. */
export function useObjects(bucket: string, prefix: string, versions: boolean): Objects {
  const s3 = useS3();
  const [pages, setPages] = useState(1);
  const list = versions ? listVersions : listObjects;
  const loaded = useLoad(`${bucket} ${prefix} ${versions} ${pages}`, async () => {
    const entries: Entry[] = [];
    let next: object | undefined = {};
    for (let page = 0; page < pages && next !== undefined; page += 1) {
      const listed: Listed = await list(s3, bucket, prefix, next);
      entries.push(...listed.entries);
      next = listed.next;
    }
    return { entries, more: next !== undefined };
  });
  return {
    loaded: { ...loaded, value: loaded.value?.entries },
    more: loaded.value?.more ?? false,
    loadMore: () => setPages((before) => before + 1),
  };
}
