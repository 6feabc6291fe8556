"""put, get, mv, rm and ls with minio-py."""

import os
import sys
from urllib.parse import urlsplit

from minio import Minio
from minio.commonconfig import CopySource
from minio.credentials import EnvAWSProvider


def main(action: str, bucket: str, key: str = "", target: str = "") -> None:
    address = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    s3 = Minio(
        endpoint=address.netloc,
        credentials=EnvAWSProvider(),
        region=os.environ["AWS_REGION"],
        secure=address.scheme == "https",
    )
    if action == "put":
        s3.fput_object(bucket_name=bucket, object_name=key, file_path=target)
    elif action == "get":
        s3.fget_object(bucket_name=bucket, object_name=key, file_path=target)
    elif action == "mv":
        source = CopySource(bucket_name=bucket, object_name=key)
        s3.copy_object(bucket_name=bucket, object_name=target, source=source)
        s3.remove_object(bucket_name=bucket, object_name=key)
    elif action == "rm":
        s3.remove_object(bucket_name=bucket, object_name=key)
    else:
        for found in s3.list_objects(bucket_name=bucket, recursive=True):
            sys.stdout.write(f"{found.object_name}\n")


main(*sys.argv[1:])
