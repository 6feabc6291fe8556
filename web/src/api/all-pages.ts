interface Markers {
  Marker?: string | undefined;
  IsTruncated?: boolean | undefined;
}

/** Every item of a listing that IAM gives in pages. */
export async function allPages<P extends Markers, T>(
  page: (marker: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  let marker: string | undefined;
  do {
    const answer = await page(marker);
    found.push(...(items(answer) ?? []));
    marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (marker !== undefined);
  return found;
}
