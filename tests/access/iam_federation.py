"""Examples of IAM's operations about providers of identities."""

from contextlib import suppress

from tests.access.harness import Request, Stage, example
from tests.fix_saml import metadata

TAGS = [{"Key": "Team", "Value": "blue"}]


def provider(stage: Stage) -> Request:
    made = stage.iam.create_open_id_connect_provider(
        Url=f"https://{stage.name}.example.com", ClientIDList=["one"]
    )
    return {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}


@example("iam", "CreateOpenIDConnectProvider", applies=("iam:TagOpenIDConnectProvider",))
def create_provider(stage: Stage) -> Request:
    return {"Url": f"https://{stage.name}.example.com", "ClientIDList": ["one"], "Tags": TAGS}


@example("iam", "ListOpenIDConnectProviders")
def list_providers(stage: Stage) -> Request:
    return {}


@example("iam", "GetOpenIDConnectProvider")
def get_provider(stage: Stage) -> Request:
    return provider(stage)


@example("iam", "DeleteOpenIDConnectProvider")
def delete_provider(stage: Stage) -> Request:
    return provider(stage)


@example("iam", "AddClientIDToOpenIDConnectProvider")
def add_client_id(stage: Stage) -> Request:
    return {**provider(stage), "ClientID": "two"}


@example("iam", "RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id(stage: Stage) -> Request:
    return {**provider(stage), "ClientID": "one"}


@example("iam", "UpdateOpenIDConnectProviderThumbprint")
def update_thumbprint(stage: Stage) -> Request:
    return {**provider(stage), "ThumbprintList": ["0" * 40]}


@example("iam", "TagOpenIDConnectProvider")
def tag_provider(stage: Stage) -> Request:
    return {**provider(stage), "Tags": TAGS}


@example("iam", "UntagOpenIDConnectProvider")
def untag_provider(stage: Stage) -> Request:
    return {**provider(stage), "TagKeys": ["Team"]}


@example("iam", "ListOpenIDConnectProviderTags")
def list_provider_tags(stage: Stage) -> Request:
    return provider(stage)


def saml_provider(stage: Stage) -> Request:
    made = stage.iam.create_saml_provider(Name=stage.name, SAMLMetadataDocument=metadata())
    return {"SAMLProviderArn": made["SAMLProviderArn"]}


@example("iam", "CreateSAMLProvider", applies=("iam:TagSAMLProvider",))
def create_saml_provider(stage: Stage) -> Request:
    return {"Name": stage.name, "SAMLMetadataDocument": metadata(), "Tags": TAGS}


@example("iam", "ListSAMLProviders")
def list_saml_providers(stage: Stage) -> Request:
    return {}


@example("iam", "GetSAMLProvider")
def get_saml_provider(stage: Stage) -> Request:
    return saml_provider(stage)


@example("iam", "UpdateSAMLProvider")
def update_saml_provider(stage: Stage) -> Request:
    return {**saml_provider(stage), "SAMLMetadataDocument": metadata()}


@example("iam", "DeleteSAMLProvider")
def delete_saml_provider(stage: Stage) -> Request:
    return saml_provider(stage)


@example("iam", "TagSAMLProvider")
def tag_saml_provider(stage: Stage) -> Request:
    return {**saml_provider(stage), "Tags": TAGS}


@example("iam", "UntagSAMLProvider")
def untag_saml_provider(stage: Stage) -> Request:
    return {**saml_provider(stage), "TagKeys": ["Team"]}


@example("iam", "ListSAMLProviderTags")
def list_saml_provider_tags(stage: Stage) -> Request:
    return saml_provider(stage)


@example("iam", "EnableOutboundWebIdentityFederation")
def enable_outbound_federation(stage: Stage) -> Request:
    disable(stage)
    return {}


@example("iam", "DisableOutboundWebIdentityFederation")
def disable_outbound_federation(stage: Stage) -> Request:
    enable(stage)
    return {}


@example("iam", "GetOutboundWebIdentityFederationInfo")
def get_outbound_federation_info(stage: Stage) -> Request:
    enable(stage)
    return {}


def enable(stage: Stage) -> None:
    """Whether it was enabled or not."""
    disable(stage)
    stage.iam.enable_outbound_web_identity_federation()


def disable(stage: Stage) -> None:
    with suppress(stage.iam.exceptions.FeatureDisabledException):
        stage.iam.disable_outbound_web_identity_federation()
