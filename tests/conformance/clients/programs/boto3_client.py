"""put, get, ls and rm with boto3, everything by its defaults: the endpoint and the keys come from the
environment.
"""

import sys

import boto3


def main(action: str, bucket: str, key: str = "", file: str = "") -> None:
    s3 = boto3.client("s3")
    if action == "put":
        s3.upload_file(file, bucket, key)
    elif action == "get":
        s3.download_file(bucket, key, file)
    elif action == "rm":
        s3.delete_object(Bucket=bucket, Key=key)
    else:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for listed in page.get("Contents", []):
                sys.stdout.write(listed["Key"] + "\n")


main(*sys.argv[1:])
