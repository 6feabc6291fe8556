"""Examples of STS's operations about federation."""

from functools import cache
from typing import Any

from tests.access.harness import Request, Stage, example
from tests.access.iam_federation import enable
from tests.fix_idp import CLIENT, Issuer, token, trust
from tests.fix_saml import Response, metadata, signed

from deputize.model.federation import OidcProvider


@cache
def issuer() -> Issuer:
    """One for all examples; it ends with the process."""
    return Issuer()


@example("sts", "GetFederationToken", applies=("sts:TagSession",))
def get_federation_token(stage: Stage) -> Request:
    return {"Name": "ann", "Tags": [{"Key": "Team", "Value": "blue"}]}


@example("sts", "AssumeRoot", answer="AccessDenied: .*:root")
def assume_root(stage: Stage) -> Request:
    task = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
    return {"TargetPrincipal": stage.account.id, "TaskPolicyArn": {"arn": task}}


@example("sts", "DecodeAuthorizationMessage", answer="InvalidAuthorizationMessageException")
def decode_authorization_message(stage: Stage) -> Request:
    return {"EncodedMessage": "what nobody encoded"}


@example("sts", "AssumeRoleWithWebIdentity", applies=("sts:TagSession", "sts:SetSourceIdentity"))
def assume_role_with_web_identity(stage: Stage) -> Request:
    url = issuer().publish(f"/{stage.name}")
    provider = OidcProvider(
        account=stage.account.id,
        partition=stage.account.partition,
        url=url.removeprefix("http://"),
        created=1,
        client_ids=(CLIENT,),
        secure=False,
    )
    # No client can make it where the operator has not allowed loopback providers.
    stage.world.opened.store.write(lambda db: db.oidc_providers.put(provider)).result()
    role = stage.iam.create_role(RoleName=stage.name, AssumeRolePolicyDocument=trust(provider.arn))
    passed: dict[str, Any] = {
        "https://aws.amazon.com/tags": {"principal_tags": {"Team": "blue"}},
        "https://aws.amazon.com/source_identity": "somebody",
    }
    return {
        "RoleArn": role["Role"]["Arn"],
        "RoleSessionName": "test",
        "WebIdentityToken": token(url, stage.world.clock.now, **passed),
    }


@example("sts", "AssumeRoleWithSAML", applies=("sts:TagSession", "sts:SetSourceIdentity"))
def assume_role_with_saml(stage: Stage) -> Request:
    made = stage.iam.create_saml_provider(Name=stage.name, SAMLMetadataDocument=metadata())
    provider = made["SAMLProviderArn"]
    role = stage.iam.create_role(RoleName=stage.name, AssumeRolePolicyDocument=trust(provider))["Role"]["Arn"]
    attributes = {"PrincipalTag:Team": "blue", "SourceIdentity": "somebody"}
    response = Response(stage.world.clock.now, attributes, roles=[f"{role},{provider}"])
    return {"RoleArn": role, "PrincipalArn": provider, "SAMLAssertion": signed(response)}


@example("sts", "GetWebIdentityToken", applies=("sts:TagGetWebIdentityToken",))
def get_web_identity_token(stage: Stage) -> Request:
    enable(stage)
    tags = [{"Key": "Team", "Value": "blue"}]
    return {"Audience": ["https://api.example.com"], "SigningAlgorithm": "RS256", "Tags": tags}
