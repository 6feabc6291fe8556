// Puts and gets bodies over the one connection that its agent keeps, and prints the length of each that came back.
import { Agent } from "node:http";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({ requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 1 }) } });
const where = { Bucket: process.argv[2], Key: "k" };
for (const length of [0, 1, 0, 100_000]) {
  await s3.send(new PutObjectCommand({ ...where, Body: "x".repeat(length) }));
  const { Body } = await s3.send(new GetObjectCommand(where));
  console.log((await Body.transformToString()).length);
}
s3.destroy();
