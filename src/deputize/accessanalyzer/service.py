"""Access Analyzer's offered operations are declared on this."""

from deputize.gateway.operation import Service

accessanalyzer = Service("accessanalyzer")
