import { failureOf } from "./errors";

/** What `read` answers; `absent` when the server answers with the error that says that there is none. */
export async function orAbsent<T>(read: () => Promise<T>, code: string, absent: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (failureOf(error).code === code) return absent;
    throw error;
  }
}
