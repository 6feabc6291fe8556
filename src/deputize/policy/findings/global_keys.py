"""The condition keys of every service (IAM guide, "AWS global condition context keys"), which no service's
own data lists.
"""

from collections.abc import Mapping

_TYPES = {
    "String": "CalledViaFirst CalledViaLast CalledViaAWSMCP FederatedProvider PrincipalAccount "
    "PrincipalOrgID PrincipalOrgMasterAccountId PrincipalServiceName PrincipalType "
    "RequestedRegion ResourceAccount ResourceOrgID "
    "SourceAccount SourceIdentity SourceOrgID SourceVpc SourceVpce UserAgent VpceAccount VpceOrgID referer "
    "userid username Ec2InstanceSourceVPC PrincipalTag/* RequestTag/* ResourceTag/*",
    "ArrayOfString": "CalledVia PrincipalOrgPaths PrincipalServiceNamesList ResourceOrgPaths SourceOrgPaths "
    "TagKeys VpceOrgPaths",
    "ARN": "ChatbotSourceArn PrincipalArn SignInSessionArn SourceArn SourceVpcArn",
    "Bool": "AssumedRoot IsMcpServiceAction MultiFactorAuthPresent PrincipalIsAWSService SecureTransport "
    "ViaAWSMCPService ViaAWSService",
    "Numeric": "MultiFactorAuthAge",
    "Date": "CurrentTime EpochTime TokenIssueTime",
    "IPAddress": "Ec2InstanceSourcePrivateIPv4 SourceIp VpcSourceIp",
}
# Key, in lower case and with `*` where a tag's name stands, to its type.
GLOBAL: Mapping[str, str] = {
    f"aws:{name.lower()}": kind for kind, names in _TYPES.items() for name in names.split()
}
# What has been replaced, and by what.
DEPRECATED: Mapping[str, str] = {"aws:arn": "aws:PrincipalArn"}
# Dates as seconds, which numeric operators compare too.
SECONDS = frozenset({"aws:epochtime"})
# For whose sake a service calls: a resource, an account, an organization.
SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
# Whatever the caller's program says of itself.
CHOSEN_BY_CALLER = frozenset({"aws:referer", "aws:useragent"})
