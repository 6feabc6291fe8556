"""Examples of what is set on buckets and kept alone, and of what no bucket has set."""

from typing import Any

from tests.access.harness import Request, Stage, example
from tests.access.s3 import bucket

DESTINATION = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::reports", "Format": "CSV"}}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "Analytics": {"Id": "one", "StorageClassAnalysis": {}},
    "Inventory": {
        "Id": "one",
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "Destination": DESTINATION,
    },
    "Metrics": {"Id": "one", "Filter": {"Prefix": "logs/"}},
    "IntelligentTiering": {
        "Id": "one",
        "Status": "Enabled",
        "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
    },
}


def declare(word: str, configuration: dict[str, Any]) -> None:
    def put(stage: Stage) -> Request:
        return {**bucket(stage), "Id": "one", f"{word}Configuration": configuration}

    def get(stage: Stage) -> Request:
        request = put(stage)
        snake = {"IntelligentTiering": "intelligent_tiering"}.get(word, word.lower())
        getattr(stage.s3, f"put_bucket_{snake}_configuration")(**request)
        return {"Bucket": stage.name, "Id": "one"}

    example("s3", f"PutBucket{word}Configuration")(put)
    example("s3", f"GetBucket{word}Configuration")(get)
    example("s3", f"DeleteBucket{word}Configuration")(get)
    example("s3", f"ListBucket{word}Configurations")(bucket)


for word, configuration in CONFIGURATIONS.items():
    declare(word, configuration)

example("s3", "GetBucketAbac")(bucket)


@example("s3", "PutBucketNotificationConfiguration")
def put_bucket_notification_configuration(stage: Stage) -> Request:
    topic = f"arn:aws:sns:us-east-1:{stage.account.id}:nobody"
    told = {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
    return {**bucket(stage), "NotificationConfiguration": told, "SkipDestinationValidation": True}


@example("s3", "PutBucketAbac")
def put_bucket_abac(stage: Stage) -> Request:
    return {**bucket(stage), "AbacStatus": {"Status": "Enabled"}}


for operation in (
    "GetBucketAccelerateConfiguration",
    "GetBucketNotificationConfiguration",
    "GetBucketLogging",
    "GetBucketRequestPayment",
    "DeleteBucketReplication",
):
    example("s3", operation)(bucket)
example("s3", "GetBucketReplication", answer="ReplicationConfigurationNotFoundError")(bucket)


@example("s3", "PutBucketWebsite")
def put_bucket_website(stage: Stage) -> Request:
    return {**bucket(stage), "WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}}


@example("s3", "GetBucketWebsite")
def get_bucket_website(stage: Stage) -> Request:
    stage.s3.put_bucket_website(**put_bucket_website(stage))
    return {"Bucket": stage.name}


example("s3", "DeleteBucketWebsite")(get_bucket_website)


@example("s3", "PutBucketRequestPayment")
def put_bucket_request_payment(stage: Stage) -> Request:
    return {**bucket(stage), "RequestPaymentConfiguration": {"Payer": "Requester"}}


@example("s3", "PutBucketLogging")
def put_bucket_logging(stage: Stage) -> Request:
    enabled = {"TargetBucket": stage.name, "TargetPrefix": "logs/"}
    return {**bucket(stage), "BucketLoggingStatus": {"LoggingEnabled": enabled}}
