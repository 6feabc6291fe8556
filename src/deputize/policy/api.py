"""The policy language for other programs (docs/policy.md): everything here is pure, typed, and stays."""

from deputize.policy.arn import Arn
from deputize.policy.case.fields import CaseRefused
from deputize.policy.case.read import Case
from deputize.policy.case.read import parse as parse_case
from deputize.policy.decide import Decision, decide
from deputize.policy.document import Document, MalformedDocument, parse
from deputize.policy.explain import because, denial
from deputize.policy.layers import Attached, Layer, Policies, Reason, ResourceKind
from deputize.policy.render import as_json, as_text
from deputize.policy.request import Principal, Request
from deputize.policy.trace import Trace
from deputize.policy.validate import Kind, PolicyRefused, PolicyTooLarge, check, check_size

__all__ = [
    "Arn",
    "Attached",
    "Case",
    "CaseRefused",
    "Decision",
    "Document",
    "Kind",
    "Layer",
    "MalformedDocument",
    "Policies",
    "PolicyRefused",
    "PolicyTooLarge",
    "Principal",
    "Reason",
    "Request",
    "ResourceKind",
    "Trace",
    "as_json",
    "as_text",
    "because",
    "check",
    "check_size",
    "decide",
    "denial",
    "parse",
    "parse_case",
]
