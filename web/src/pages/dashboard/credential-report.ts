import { GenerateCredentialReportCommand, GetCredentialReportCommand, type IAMClient } from "@aws-sdk/client-iam";

/** A user's row of the credential report, by the names of its columns. */
type Row = Record<string, string>;

/** Who has credentials that are dangerous or serve nobody, by name. */
export interface CredentialFindings {
  withoutMfa: string[];
  unusedKeys: string[];
  unusedPasswords: string[];
}

const UNUSED_AFTER = 90 * 24 * 3600 * 1000;

/** The lines of a CSV file, whose cells may be quoted (RFC 4180). */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

function rowsOf(report: string): Row[] {
  const [header = "", ...lines] = report.trim().split("\n");
  const names = cellsOf(header);
  return lines.map((line) => {
    const cells = cellsOf(line);
    return Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ""]));
  });
}

/** Whether one of the user's keys is active, and was neither used nor made in the last 90 days. */
function hasUnusedKey(row: Row, now: number): boolean {
  return ["1", "2"].some((number) => {
    const since = (column: string) => Date.parse(row[`access_key_${number}_${column}`] ?? "") || 0;
    const last = Math.max(since("last_used_date"), since("last_rotated"));
    return row[`access_key_${number}_active`] === "true" && now - last > UNUSED_AFTER;
  });
}

/** What the account's credential report says that somebody should do something about. */
export async function credentialFindings(iam: IAMClient): Promise<CredentialFindings> {
  await iam.send(new GenerateCredentialReportCommand({}));
  const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}));
  const [, ...users] = rowsOf(new TextDecoder().decode(Content));
  const now = GeneratedTime?.getTime() ?? 0;
  const names = (found: Row[]) => found.map(({ user = "" }) => user);
  const withPassword = users.filter((row) => row["password_enabled"] === "true");
  return {
    withoutMfa: names(withPassword.filter((row) => row["mfa_active"] === "false")),
    unusedKeys: names(users.filter((row) => hasUnusedKey(row, now))),
    unusedPasswords: names(withPassword.filter((row) => row["password_last_used"] === "no_information")),
  };
}
