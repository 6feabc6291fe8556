"""S3 Control's offered operations are declared on this."""

from deputize.gateway.operation import Service

s3control = Service("s3control")
