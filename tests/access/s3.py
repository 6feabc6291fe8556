"""Examples of S3's operations."""

import json

from tests.access.harness import Request, Stage, example

BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def bucket(stage: Stage) -> Request:
    stage.s3.create_bucket(Bucket=stage.name)
    return {"Bucket": stage.name}


def stored(stage: Stage) -> Request:
    request = {**bucket(stage), "Key": "photos/cat.jpg"}
    stage.s3.put_object(**request, Body=b"meow")
    return request


def bucket_policy(stage: Stage) -> str:
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": stage.account.id},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{stage.name}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def with_policy(stage: Stage) -> Request:
    request = bucket(stage)
    stage.s3.put_bucket_policy(**request, Policy=bucket_policy(stage))
    return request


for operation in (
    "HeadBucket",
    "DeleteBucket",
    "GetBucketLocation",
    "ListObjects",
    "ListObjectsV2",
    "GetPublicAccessBlock",
    "DeletePublicAccessBlock",
    "GetBucketOwnershipControls",
    "GetBucketVersioning",
    "GetBucketAcl",
):
    example("s3", operation)(bucket)
for operation in ("GetBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicyStatus"):
    example("s3", operation)(with_policy)
example("s3", "GetObject", applies=("s3:GetObject",))(stored)
example("s3", "HeadObject", applies=("s3:GetObject",))(stored)
example("s3", "GetObjectAcl", applies=("s3:GetObjectAcl",))(stored)
example("s3", "DeleteObject", applies=("s3:DeleteObject",))(stored)


@example("s3", "GetObjectAttributes", applies=("s3:GetObject", "s3:GetObjectAttributes"))
def get_object_attributes(stage: Stage) -> Request:
    return {**stored(stage), "ObjectAttributes": ["ETag", "ObjectSize"]}


@example("s3", "ListBuckets")
def list_buckets(stage: Stage) -> Request:
    return {}


@example("s3", "CreateBucket", applies=("s3:PutBucketOwnershipControls",))
def create_bucket(stage: Stage) -> Request:
    return {"Bucket": stage.name, "ObjectOwnership": "BucketOwnerEnforced"}


@example("s3", "PutObject", applies=("s3:PutObjectAcl",))
def put_object(stage: Stage) -> Request:
    return {**bucket(stage), "Key": "photos/cat.jpg", "Body": b"meow", "ACL": "bucket-owner-full-control"}


@example("s3", "DeleteObjects", partial=True)
def delete_objects(stage: Stage) -> Request:
    request = stored(stage)
    return {"Bucket": request["Bucket"], "Delete": {"Objects": [{"Key": request["Key"]}]}}


@example("s3", "PutBucketPolicy")
def put_bucket_policy(stage: Stage) -> Request:
    return {**bucket(stage), "Policy": bucket_policy(stage)}


@example("s3", "PutPublicAccessBlock")
def put_public_access_block(stage: Stage) -> Request:
    return {**bucket(stage), "PublicAccessBlockConfiguration": BLOCK}


@example("s3", "PutBucketOwnershipControls")
def put_bucket_ownership_controls(stage: Stage) -> Request:
    controls = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    return {**bucket(stage), "OwnershipControls": controls}


def uploading(stage: Stage) -> Request:
    request = {**bucket(stage), "Key": "photos/cat.jpg"}
    return {**request, "UploadId": stage.s3.create_multipart_upload(**request)["UploadId"]}


example("s3", "AbortMultipartUpload")(uploading)
example("s3", "ListParts")(uploading)
example("s3", "ListMultipartUploads")(bucket)


@example("s3", "CreateMultipartUpload", applies=("s3:PutObjectAcl",))
def create_multipart_upload(stage: Stage) -> Request:
    return {**bucket(stage), "Key": "photos/cat.jpg", "ACL": "bucket-owner-full-control"}


@example("s3", "UploadPart")
def upload_part(stage: Stage) -> Request:
    return {**uploading(stage), "PartNumber": 1, "Body": b"meow"}


@example("s3", "CompleteMultipartUpload")
def complete_multipart_upload(stage: Stage) -> Request:
    request = uploading(stage)
    part = stage.s3.upload_part(**request, PartNumber=1, Body=b"meow")
    return {**request, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}


@example("s3", "CopyObject", applies=("s3:GetObject",))
def copy_object(stage: Stage) -> Request:
    request = stored(stage)
    return {**request, "Key": "copy.jpg", "CopySource": request}


@example("s3", "UploadPartCopy", applies=("s3:GetObject",))
def upload_part_copy(stage: Stage) -> Request:
    request = uploading(stage)
    source = {"Bucket": stage.name, "Key": "source.jpg"}
    stage.s3.put_object(**source, Body=b"meow")
    return {**request, "PartNumber": 1, "CopySource": source}
