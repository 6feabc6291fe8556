"""STS's offered operations are declared on this."""

from deputize.gateway.operation import Service

sts = Service("sts")
