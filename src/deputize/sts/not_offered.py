"""What STS's model has and this server does not offer, and why."""

from collections.abc import Mapping

NOT_OFFERED: Mapping[str, str] = {
    "GetDelegatedAccessToken": "it ends a delegation request, and IAM's delegation requests are not offered",
    "GetScopedCredentials": "policies in layers, each of which must allow, are not built yet",
}
