/** Where to go after signing in: a page of this console or its first one, never another site's address. */
export function nextPage(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])[\w\-./?=&%:@+,~#]*$/.test(wanted) ? wanted : "/";
}
