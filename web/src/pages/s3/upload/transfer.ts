import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

export type TransferState = "waiting" | "running" | "paused" | "failed" | "done" | "cancelled";

/** What there is to see of a transfer. */
export interface Progress {
  state: TransferState;
  /** Bytes that are there. */
  sent: number;
  error?: unknown;
}

// Files up to this size are sent at once; larger ones in parts of it, or of more where there would be too many parts
// (Amazon S3 API: 10,000 at most).
const PART = 8 * 2 ** 20;
const MOST_PARTS = 10_000;
const AT_ONCE = 3;

/** The SDK takes the checksums of bytes alone. */
async function bytesOf(content: Blob): Promise<Uint8Array> {
  return new Uint8Array(await content.arrayBuffer());
}

/** One file on its way to a bucket. It can pause, go on with the parts that are missing, and be given up, after which
 * nothing of it is left.
 */
export class Transfer {
  private progress: Progress = { state: "waiting", sent: 0 };
  private stop = new AbortController();
  private attempt: Promise<void> = Promise.resolve();
  private upload: string | undefined;
  private readonly partSize: number;
  private readonly missing: number[] = [];
  private readonly parts: CompletedPart[] = [];

  constructor(
    private readonly s3: S3Client,
    private readonly place: { Bucket: string; Key: string },
    readonly file: File,
    private readonly onProgress: (progress: Progress) => void,
  ) {
    this.partSize = Math.max(PART, Math.ceil(file.size / MOST_PARTS));
    for (let first = 0; first < file.size; first += this.partSize) this.missing.push(this.missing.length + 1);
  }

  get unfinished(): boolean {
    return this.progress.state !== "done" && this.progress.state !== "cancelled";
  }

  /** Send what is missing; ends when all is there, or when it is paused, cancelled or fails. One attempt at a time. */
  run(): Promise<void> {
    this.attempt = this.attempt.then(() => this.send());
    return this.attempt;
  }

  pause(): void {
    if (this.progress.state !== "running") return;
    this.tell({ state: "paused" });
    this.stop.abort();
  }

  async cancel(): Promise<void> {
    this.tell({ state: "cancelled" });
    this.stop.abort();
    await this.attempt;
    if (this.upload === undefined || !this.cancelled) return;
    try {
      await this.s3.send(new AbortMultipartUploadCommand({ ...this.place, UploadId: this.upload }));
    } catch (error) {
      this.tell({ error });
    }
  }

  private get cancelled(): boolean {
    return this.progress.state === "cancelled";
  }

  private async send(): Promise<void> {
    if (!this.unfinished) return;
    this.stop = new AbortController();
    this.tell({ state: "running", error: undefined });
    try {
      await (this.file.size <= PART ? this.sendWhole() : this.sendParts());
      this.tell({ state: "done", sent: this.file.size });
    } catch (error) {
      if (this.progress.state === "running") this.tell({ state: "failed", error });
    }
  }

  private tell(changed: Partial<Progress>): void {
    this.progress = { ...this.progress, ...changed };
    this.onProgress(this.progress);
  }

  private get described() {
    return { ...this.place, ContentType: this.file.type || "application/octet-stream" };
  }

  private async sendWhole(): Promise<void> {
    const { signal: abortSignal } = this.stop;
    await this.s3.send(new PutObjectCommand({ ...this.described, Body: await bytesOf(this.file) }), { abortSignal });
  }

  /** What begins and ends an upload is not interrupted: one would not know whether it was done. */
  private async sendParts(): Promise<void> {
    this.upload ??= (
      await this.s3.send(new CreateMultipartUploadCommand({ ...this.described, ChecksumAlgorithm: "CRC32" }))
    ).UploadId;
    await Promise.allSettled(Array.from({ length: AT_ONCE }, () => this.sendSome()));
    this.stop.signal.throwIfAborted();
    const Parts = this.parts.toSorted((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
    await this.s3.send(
      new CompleteMultipartUploadCommand({ ...this.place, UploadId: this.upload, MultipartUpload: { Parts } }),
    );
  }

  /** Part after part, as long as one is missing. The first that fails stops the others, and is why. */
  private async sendSome(): Promise<void> {
    for (let number = this.missing.shift(); number !== undefined; number = this.missing.shift()) {
      try {
        this.stop.signal.throwIfAborted();
        await this.sendPart(number);
      } catch (error) {
        this.missing.push(number);
        this.stop.abort(error);
        return;
      }
    }
  }

  private async sendPart(PartNumber: number): Promise<void> {
    const { signal: abortSignal } = this.stop;
    const first = (PartNumber - 1) * this.partSize;
    const Body = await bytesOf(this.file.slice(first, first + this.partSize));
    const { ETag, ChecksumCRC32 } = await this.s3.send(
      new UploadPartCommand({ ...this.place, UploadId: this.upload, PartNumber, Body, ChecksumAlgorithm: "CRC32" }),
      { abortSignal },
    );
    this.parts.push({ PartNumber, ETag, ChecksumCRC32 });
    this.tell({ sent: this.progress.sent + Body.length });
  }
}
