/** What a JSON value may hold: an object's members by name, lists of it too; `true` for what has no members. */
export type Shape = true | { readonly [member: string]: Shape };

/** The first member of `value` that its shape does not know: the SDK would leave it out without a word. */
export function unknownMember(value: unknown, shape: Shape): string | undefined {
  if (shape === true || typeof value !== "object" || value === null) return undefined;
  const items: [string, unknown, Shape | undefined][] = Array.isArray(value)
    ? value.map((item) => ["", item, shape])
    : Object.entries(value).map(([name, item]) => [name, item, shape[name]]);
  for (const [name, item, known] of items) {
    const unknown = known === undefined ? name : unknownMember(item, known);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

/** The value that `written` is, with moments as such; undefined if it is no JSON. */
export function parseJson(written: string): unknown {
  try {
    return JSON.parse(written, (name, value: unknown) =>
      name === "Date" && typeof value === "string" ? new Date(value) : value,
    );
  } catch {
    return undefined;
  }
}
