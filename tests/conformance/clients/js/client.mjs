// put, get, mv, rm and ls with the AWS SDK for JavaScript, its addressing by default: the bucket is a label of the host.
// The endpoint and the keys come from the environment.
import { createReadStream, createWriteStream } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { pipeline } from "node:stream/promises";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

// photos.localhost is this machine (RFC 6761), which not every system's resolver knows.
const lookup = (name, options, done) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const s3 = new S3Client({
  requestHandler: {
    httpAgent: new HttpAgent({ keepAlive: true, lookup }),
    httpsAgent: new HttpsAgent({ keepAlive: true, lookup }),
  },
});

const [action, Bucket, Key, target] = process.argv.slice(2);
if (action === "put") {
  await new Upload({ client: s3, params: { Bucket, Key, Body: createReadStream(target) } }).done();
} else if (action === "get") {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  await pipeline(Body, createWriteStream(target));
} else if (action === "mv") {
  const CopySource = encodeURIComponent(`${Bucket}/${Key}`);
  await s3.send(new CopyObjectCommand({ Bucket, Key: target, CopySource }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
} else if (action === "rm") {
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
} else {
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key: key } of page.Contents ?? []) console.log(key);
  }
}
s3.destroy();
