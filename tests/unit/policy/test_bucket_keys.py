"""Bucket policies whose condition keys fit their actions, as S3 wants it on save."""

import json
from typing import Any

import pytest

from deputize.policy.validate import Kind, PolicyRefused, check

BUCKET, OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
BOTH = [BUCKET, OBJECTS]
UNFIT = "Conditions do not apply to combination of actions and resources in statement"
UNKNOWN = "Policy has an invalid condition key"
# Actions, resources and conditions of the kinds that AWS's guides put together (S3 guide, "Examples of Amazon
# S3 bucket policies", "Bucket policy examples using condition keys", "Tagging and access control policies",
# and what it says on replication, Object Lock, access points and conditional writes).
SHOWN: list[tuple[Any, Any, Any]] = [
    (["s3:PutObject", "s3:PutObjectAcl"], OBJECTS, {"StringEquals": {"s3:x-amz-acl": ["public-read"]}}),
    ("s3:PutObject", OBJECTS, {"StringEquals": {"s3:x-amz-grant-full-control": "id=x"}}),
    ("s3:GetObject", OBJECTS, {"StringLike": {"aws:Referer": ["http://x/*"]}}),
    ("s3:*", BOTH, {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}),
    ("s3:*", OBJECTS, {"Null": {"aws:MultiFactorAuthAge": True}}),
    ("s3:*", OBJECTS, {"NumericGreaterThan": {"aws:MultiFactorAuthAge": 3600}}),
    (
        "s3:PutObject",
        OBJECTS,
        {
            "StringEquals": {"aws:SourceAccount": "1", "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": BUCKET},
        },
    ),
    ("s3:GetObject", OBJECTS, {"StringEquals": {"aws:PrincipalOrgID": ["o-aa"]}}),
    (
        ["s3:GetObject", "s3:GetObjectVersion"],
        OBJECTS,
        {"StringEquals": {"s3:ExistingObjectTag/environment": "production"}},
    ),
    ("s3:PutObjectTagging", OBJECTS, {"ForAllValues:StringLike": {"s3:RequestObjectTagKeys": ["Owner"]}}),
    ("s3:PutObject", OBJECTS, {"StringEquals": {"s3:RequestObjectTag/Department": "Finance"}}),
    (
        "s3:PutObject",
        OBJECTS,
        {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:x"}},
    ),
    ("s3:PutObject", OBJECTS, {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"}}),
    ("s3:*", BOTH, {"NumericLessThan": {"s3:TlsVersion": 1.2}}),
    ("s3:ListBucket", BUCKET, {"StringEquals": {"s3:prefix": "projects"}}),
    ("s3:ListBucket", BUCKET, {"NumericGreaterThan": {"s3:max-keys": 10}}),
    (["s3:ListBucketVersions", "s3:ListBucket"], BUCKET, {"StringEquals": {"s3:delimiter": ["/"]}}),
    ("s3:GetObjectVersion", OBJECTS, {"StringEquals": {"s3:VersionId": "x"}}),
    ("s3:PutObject", OBJECTS, {"StringEquals": {"s3:x-amz-storage-class": ["STANDARD_IA"]}}),
    (
        "s3:PutObject",
        OBJECTS,
        {
            "StringLike": {"s3:x-amz-copy-source": "src/*"},
            "StringNotEquals": {"s3:x-amz-metadata-directive": "COPY"},
        },
    ),
    (
        ["s3:PutObjectRetention"],
        OBJECTS,
        {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}},
    ),
    ("s3:*", BOTH, {"StringNotEquals": {"s3:authType": "REST-HEADER"}}),
    ("s3:*", BOTH, {"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}),
    ("*", BOTH, {"StringEquals": {"s3:DataAccessPointAccount": "1"}}),
    ("s3:*", BOTH, {"StringNotEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}),
    (
        "s3:PutInventoryConfiguration",
        BUCKET,
        {"ForAllValues:StringEquals": {"s3:InventoryAccessibleOptionalFields": ["Size"]}},
    ),
    (
        "s3:PutObject",
        OBJECTS,
        {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
    ),
    ("s3:*", BOTH, {"StringNotEquals": {"aws:sourceVpce": "vpce-1"}}),
    ("s3:*", BOTH, {"StringNotLike": {"aws:userId": ["AROA:*"]}}),
    (
        "s3:*",
        BOTH,
        {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
        },
    ),
    (["s3:GetObject", "s3:PutObject"], OBJECTS, {"StringEquals": {"s3:ResourceAccount": "1"}}),
    (["s3:ReplicateObject", "s3:ReplicateDelete"], OBJECTS, {"StringEquals": {"aws:SourceAccount": "1"}}),
    ("s3:ReplicateObject", OBJECTS, {"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
    ("s3:DeleteObject", OBJECTS, {"Null": {"s3:if-match": "true"}}),
    ("s3:GetObject", OBJECTS, {"NumericGreaterThan": {"s3:signatureAge": "600000"}}),
    ("s3:GetObject", OBJECTS, {"StringEquals": {"aws:CalledViaFirst": "x"}}),
    ("s3:ListBucket", BUCKET, {"StringEquals": {"s3:BucketTag/team": "x"}}),
    ("s3:GetObject", OBJECTS, {"StringEquals": {"aws:ResourceTag/team": "x"}}),
]


def saved(action: Any, resource: Any, condition: Any, element: str = "Action") -> None:
    """Raises PolicyRefused unless a statement with these may be saved."""
    statement = {"Effect": "Deny", "Principal": "*", element: action, "Resource": resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]})
    check(text, Kind.BUCKET, bucket="b")


@pytest.mark.parametrize(("action", "resource", "condition"), SHOWN)
def test_what_the_guides_show_may_be_saved(action: Any, resource: Any, condition: Any) -> None:
    saved(action, resource, condition)


@pytest.mark.parametrize(
    ("action", "resource", "key"),
    [
        ("s3:GetObjectAttributes", OBJECTS, "s3:ExistingObjectTag/class"),
        ("S3:putobject", OBJECTS, "S3:X-Amz-ACL"),
        ("s3:List*", BUCKET, "s3:prefix"),
        ("s3:*", BOTH, "s3:prefix"),
        ("*", BOTH, "s3:TlsVersion"),
        ("s3:GetObject", OBJECTS, "aws:PrincipalTag/team"),
        ("s3:GetObject", OBJECTS, "aws:arn"),
        ("s3:GetObject", OBJECTS, "kms:ViaService"),
    ],
)
def test_keys_that_the_actions_carry(action: Any, resource: Any, key: str) -> None:
    saved(action, resource, {"StringLike": {key: "1"}})


@pytest.mark.parametrize(
    ("action", "resource", "key", "message"),
    [
        ("s3:GetObject", OBJECTS, "s3:prefix", UNFIT),
        (["s3:ListBucket", "s3:GetBucketAcl"], BUCKET, "s3:prefix", UNFIT),
        (["s3:ListBucket", "s3:GetObject"], BOTH, "s3:prefix", UNFIT),
        ("s3:Put*", OBJECTS, "s3:prefix", UNFIT),
        ("s3:*", OBJECTS, "s3:prefix", UNFIT),
        *(
            (f"s3:{name}", OBJECTS, "s3:ExistingObjectTag/class", UNFIT)
            for name in (
                "PutObject",
                "DeleteObject",
                "DeleteObjectVersion",
                "PutObjectRetention",
                "PutObjectLegalHold",
                "BypassGovernanceRetention",
            )
        ),
        ("*", BOTH, "s3:LocationConstraint", UNFIT),
        ("s3:GetObject", OBJECTS, "s3:NoSuch", UNKNOWN),
        ("s3:GetObject", OBJECTS, "aws:NoSuch", UNKNOWN),
    ],
)
def test_keys_that_an_action_does_not_carry(action: Any, resource: Any, key: str, message: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        saved(action, resource, {"StringLike": {key: "1"}})
    assert str(refused.value) == message


def test_what_not_action_leaves_is_not_asked_for_its_keys() -> None:
    saved("s3:PutObject", OBJECTS, {"StringLike": {"s3:prefix": "1"}}, "NotAction")
    with pytest.raises(PolicyRefused, match=UNKNOWN):
        saved("s3:PutObject", OBJECTS, {"StringLike": {"s3:NoSuch": "1"}}, "NotAction")
