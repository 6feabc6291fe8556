import type { Key } from "@/i18n";

import { VERSION } from "./statements";

function policy(...statements: object[]): string {
  return JSON.stringify({ Version: VERSION, Statement: statements }, undefined, 2);
}

/** Policies to begin with. */
export const TEMPLATES: { id: string; name: Key; document: string }[] = [
  {
    id: "bucket",
    name: "templates.bucket",
    document: policy(
      { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" },
      { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: "arn:aws:s3:::BUCKET" },
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: "arn:aws:s3:::BUCKET/*",
      },
    ),
  },
  {
    id: "read",
    name: "templates.read",
    document: policy(
      { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::BUCKET" },
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::BUCKET/*" },
    ),
  },
  {
    id: "assume",
    name: "templates.assume",
    document: policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::ACCOUNT:role/ROLE" }),
  },
  {
    id: "deny-assume",
    name: "templates.denyAssume",
    document: policy({ Effect: "Deny", Action: "sts:AssumeRole", Resource: "arn:aws:iam::ACCOUNT:role/ROLE" }),
  },
];

export const EMPTY_POLICY = policy({ Effect: "Allow", Action: [], Resource: [] });
