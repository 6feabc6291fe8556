"""put, get, mv, rm and ls with boto3, everything by its defaults: the endpoint and the keys come from the
environment.
"""

import sys

import boto3


def main(action: str, bucket: str, key: str = "", target: str = "") -> None:
    s3 = boto3.client("s3")
    if action == "put":
        s3.upload_file(target, bucket, key)
    elif action == "get":
        s3.download_file(bucket, key, target)
    elif action == "mv":
        s3.copy({"Bucket": bucket, "Key": key}, bucket, target)
        s3.delete_object(Bucket=bucket, Key=key)
    elif action == "rm":
        s3.delete_object(Bucket=bucket, Key=key)
    else:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for listed in page.get("Contents", []):
                sys.stdout.write(listed["Key"] + "\n")


main(*sys.argv[1:])
