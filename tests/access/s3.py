"""Examples of S3's operations."""

import datetime
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
    "ListObjectVersions",
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


@example("s3", "CreateBucket", applies=("s3:PutBucketOwnershipControls", "s3:TagResource"))
def create_bucket(stage: Stage) -> Request:
    tags = {"Tags": [{"Key": "team", "Value": "blue"}]}
    return {
        "Bucket": stage.name,
        "ObjectOwnership": "BucketOwnerEnforced",
        "CreateBucketConfiguration": tags,
    }


@example("s3", "PutObject", applies=("s3:PutObjectAcl", "s3:PutObjectTagging"))
def put_object(stage: Stage) -> Request:
    request = {**bucket(stage), "Key": "photos/cat.jpg", "Body": b"meow"}
    return {**request, "ACL": "bucket-owner-full-control", "Tagging": "Team=blue"}


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


example("s3", "GetObjectTagging", applies=("s3:GetObjectTagging",))(stored)
example("s3", "DeleteObjectTagging", applies=("s3:DeleteObjectTagging",))(stored)
TAGS = {"TagSet": [{"Key": "Team", "Value": "blue"}]}


@example("s3", "PutObjectTagging", applies=("s3:PutObjectTagging",))
def put_object_tagging(stage: Stage) -> Request:
    return {**stored(stage), "Tagging": TAGS}


@example("s3", "PutBucketTagging")
def put_bucket_tagging(stage: Stage) -> Request:
    return {**bucket(stage), "Tagging": TAGS}


@example("s3", "GetBucketTagging")
def get_bucket_tagging(stage: Stage) -> Request:
    stage.s3.put_bucket_tagging(**put_bucket_tagging(stage))
    return {"Bucket": stage.name}


example("s3", "DeleteBucketTagging")(get_bucket_tagging)


def lockable(stage: Stage) -> Request:
    stage.s3.create_bucket(Bucket=stage.name, ObjectLockEnabledForBucket=True)
    return {"Bucket": stage.name}


def held(stage: Stage) -> Request:
    request = {**lockable(stage), "Key": "photos/cat.jpg"}
    until = datetime.datetime.fromtimestamp(stage.world.clock() + 60, datetime.UTC)
    stage.s3.put_object(
        **request,
        Body=b"meow",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=until,
        ObjectLockLegalHoldStatus="ON",
    )
    return request


example("s3", "GetObjectLockConfiguration")(lockable)
example("s3", "GetObjectRetention")(held)
example("s3", "GetObjectLegalHold")(held)


@example("s3", "PutObjectLockConfiguration")
def put_object_lock_configuration(stage: Stage) -> Request:
    return {**lockable(stage), "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}


@example("s3", "PutObjectRetention", applies=("s3:BypassGovernanceRetention",))
def put_object_retention(stage: Stage) -> Request:
    return {**held(stage), "Retention": {}, "BypassGovernanceRetention": True}


@example("s3", "PutObjectLegalHold")
def put_object_legal_hold(stage: Stage) -> Request:
    return {**held(stage), "LegalHold": {"Status": "OFF"}}


def with_lists(stage: Stage) -> Request:
    stage.s3.create_bucket(Bucket=stage.name, ObjectOwnership="ObjectWriter")
    return {"Bucket": stage.name}


example("s3", "DeleteBucketOwnershipControls")(bucket)


@example("s3", "PutBucketAcl")
def put_bucket_acl(stage: Stage) -> Request:
    return {**with_lists(stage), "ACL": "private"}


@example("s3", "PutObjectAcl", applies=("s3:PutObjectAcl",))
def put_object_acl(stage: Stage) -> Request:
    request = {**with_lists(stage), "Key": "photos/cat.jpg"}
    stage.s3.put_object(**request, Body=b"meow")
    return {**request, "ACL": "bucket-owner-full-control"}


RULES = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}]}


@example("s3", "PutBucketCors")
def put_bucket_cors(stage: Stage) -> Request:
    return {**bucket(stage), "CORSConfiguration": RULES}


@example("s3", "GetBucketCors")
def get_bucket_cors(stage: Stage) -> Request:
    stage.s3.put_bucket_cors(**put_bucket_cors(stage))
    return {"Bucket": stage.name}


example("s3", "DeleteBucketCors")(get_bucket_cors)


EXPIRES = {"Rules": [{"Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 9}}]}


@example("s3", "PutBucketLifecycleConfiguration")
def put_bucket_lifecycle_configuration(stage: Stage) -> Request:
    return {**bucket(stage), "LifecycleConfiguration": EXPIRES}


@example("s3", "GetBucketLifecycleConfiguration")
def get_bucket_lifecycle_configuration(stage: Stage) -> Request:
    stage.s3.put_bucket_lifecycle_configuration(**put_bucket_lifecycle_configuration(stage))
    return {"Bucket": stage.name}


example("s3", "DeleteBucketLifecycle")(get_bucket_lifecycle_configuration)


DEFAULT = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
example("s3", "GetBucketEncryption")(bucket)
example("s3", "DeleteBucketEncryption")(bucket)


@example("s3", "PutBucketEncryption")
def put_bucket_encryption(stage: Stage) -> Request:
    return {**bucket(stage), "ServerSideEncryptionConfiguration": DEFAULT}


@example("s3", "PutBucketVersioning")
def put_bucket_versioning(stage: Stage) -> Request:
    return {**bucket(stage), "VersioningConfiguration": {"Status": "Enabled"}}


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
