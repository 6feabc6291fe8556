"""Examples of S3 Control's operations."""

import json

from tests.access.harness import Request, Stage, example, policy, statement


@example("s3control", "PutPublicAccessBlock")
def put_public_access_block(stage: Stage) -> Request:
    settings = {"BlockPublicAcls": True, "RestrictPublicBuckets": True}
    return {"AccountId": stage.account.id, "PublicAccessBlockConfiguration": settings}


@example("s3control", "GetPublicAccessBlock")
@example("s3control", "DeletePublicAccessBlock")
def of_the_account(stage: Stage) -> Request:
    client = stage.world.client("s3control", stage.account.admin)
    client.put_public_access_block(**put_public_access_block(stage))
    return {"AccountId": stage.account.id}


@example("s3control", "CreateAccessPoint", applies=("s3:PutAccessPointPublicAccessBlock", "s3:TagResource"))
def create_access_point(stage: Stage) -> Request:
    stage.s3.create_bucket(Bucket=f"{stage.name}-bucket")
    return {
        "AccountId": stage.account.id,
        "Name": stage.name,
        "Bucket": f"{stage.name}-bucket",
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
        "Tags": [{"Key": "team", "Value": "blue"}],
    }


@example("s3control", "GetAccessPoint")
@example("s3control", "DeleteAccessPoint")
@example("s3control", "DeleteAccessPointPolicy")
def of_an_access_point(stage: Stage) -> Request:
    stage.world.client("s3control", stage.account.admin).create_access_point(**create_access_point(stage))
    return {"AccountId": stage.account.id, "Name": stage.name}


@example("s3control", "ListAccessPoints")
def list_access_points(stage: Stage) -> Request:
    of_an_access_point(stage)
    return {"AccountId": stage.account.id, "Bucket": f"{stage.name}-bucket"}


@example("s3control", "PutAccessPointPolicy")
def put_access_point_policy(stage: Stage) -> Request:
    arn = f"arn:aws:s3:us-east-1:{stage.account.id}:accesspoint/{stage.name}"
    allow = {
        "Principal": {"AWS": stage.account.id},
        **statement("Allow", ["s3:GetObject"], f"{arn}/object/*"),
    }
    return {**of_an_access_point(stage), "Policy": json.dumps(policy(allow))}


@example("s3control", "GetAccessPointPolicy")
@example("s3control", "GetAccessPointPolicyStatus")
def of_its_policy(stage: Stage) -> Request:
    request = put_access_point_policy(stage)
    stage.world.client("s3control", stage.account.admin).put_access_point_policy(**request)
    return {name: request[name] for name in ("AccountId", "Name")}


@example("s3control", "TagResource")
def tag_resource(stage: Stage) -> Request:
    stage.s3.create_bucket(Bucket=stage.name)
    return {
        "AccountId": stage.account.id,
        "ResourceArn": f"arn:aws:s3:::{stage.name}",
        "Tags": [{"Key": "team", "Value": "blue"}],
    }


@example("s3control", "UntagResource")
def untag_resource(stage: Stage) -> Request:
    request = list_tags_for_resource(stage)
    return {**request, "TagKeys": ["team"]}


@example("s3control", "ListTagsForResource")
def list_tags_for_resource(stage: Stage) -> Request:
    request = tag_resource(stage)
    stage.world.client("s3control", stage.account.admin).tag_resource(**request)
    return {name: request[name] for name in ("AccountId", "ResourceArn")}
