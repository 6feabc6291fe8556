"""S3's offered operations are declared on this."""

from deputize.gateway.operation import Service

s3 = Service("s3")
