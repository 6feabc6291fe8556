"""What is said not to be offered is AWS's, is not offered, and has its reason."""

import pytest

from deputize import app
from deputize.iam.not_offered import NOT_OFFERED as IAM
from deputize.protocol.model import load
from deputize.sts.not_offered import NOT_OFFERED as STS


@pytest.mark.parametrize(("service", "reasons"), [("iam", IAM), ("sts", STS)])
def test_reasons(service: str, reasons: dict[str, str]) -> None:
    assert set(reasons) <= set(load(service).operations)
    assert set(reasons).isdisjoint(app.services()[service].operations)
    assert all(reasons.values())


def test_they_are_few() -> None:
    assert len(IAM) + len(STS) <= 25
