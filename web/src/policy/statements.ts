/** A policy document as data; what the editor does not know of it stays as it is. */
export interface Statement {
  Sid?: string;
  Effect?: string;
  Principal?: unknown;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: Statement | Statement[];
}

export const VERSION = "2012-10-17";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document in a text; undefined if it is no JSON object with statements. */
export function parsePolicy(text: string): PolicyDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const statements = value["Statement"];
    const all: unknown[] = Array.isArray(statements) ? statements : [statements];
    return all.every(isObject) ? (value as unknown as PolicyDocument) : undefined;
  } catch {
    return undefined;
  }
}

export function policyText(document: PolicyDocument): string {
  return JSON.stringify(document, undefined, 2);
}

export function listed<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export function statementsOf(document: PolicyDocument): Statement[] {
  return listed(document.Statement);
}

/** The document with other statements; one statement that stood as an object goes on standing so. */
export function withStatements(document: PolicyDocument, statements: Statement[]): PolicyDocument {
  const [only] = statements;
  const alone = !Array.isArray(document.Statement) && statements.length === 1 && only !== undefined;
  return { ...document, Statement: alone ? only : statements };
}

/** One value as it is, several as a list. */
export function compact(values: string[]): string | string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}
