"""`aws s3api` makes every call of S3 that is offered, as docs/operations.md lists them. What is typed is the
example of the operation in tests/access, so that a new operation brings its row along.
"""

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awscli.clidriver
import botocore.session
import pytest
from botocore import xform_name
from tests.access import every as _every  # noqa: F401 - all examples
from tests.access.harness import EXAMPLES, Stage
from tests.fix_world import World

# It leaves the files of bodies open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
ROOT = Path(__file__).parents[3]
MODEL = botocore.session.Session().get_service_model("s3")
# What browsers send, and no client that signs: tests/conformance/test_s3_cors.py and test_s3_post.py.
BROWSERS = {"OptionsObject", "PostObject"}


def offered() -> list[str]:
    """The operations of S3 that docs/operations.md says are there."""
    section = (ROOT / "docs" / "operations.md").read_text().partition("\n## s3\n")[2].partition("\n## ")[0]
    table = section.partition("| operation |")[2].partition("\n\n")[0]
    return [name for name in re.findall(r"^\| (\w+) \|", table, re.MULTILINE) if name not in BROWSERS]


@pytest.fixture(scope="module")
def stage(shared_world: World) -> Stage:
    return Stage(shared_world, shared_world.account("Typed"))


@pytest.fixture(scope="module")
def aws(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The AWS CLI itself, within this process: a process of its own takes half a second a call."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": str(tmp_path_factory.mktemp("home")),
            "AWS_ENDPOINT_URL": stage.world.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": stage.account.admin.id,
            "AWS_SECRET_ACCESS_KEY": stage.account.admin.secret,
        }.items():
            patch.setenv(name, value)
        yield awscli.clidriver.create_clidriver()


def words(name: str, value: Any, folder: Path) -> list[str]:
    """An argument as it is typed."""
    option = "--" + xform_name(name, "-")
    match value:
        case bool():
            return [option if value else option.replace("--", "--no-", 1)]
        case bytes():
            (folder / name).write_bytes(value)
            return [option, str(folder / name) if name == "Body" else f"fileb://{folder / name}"]
        case datetime.datetime():
            return [option, value.isoformat()]
        case {"Bucket": bucket, "Key": key} if name == "CopySource":
            return [option, f"{bucket}/{key}"]
        case dict() | list():
            return [option, json.dumps(value, default=str)]
    return [option, str(value)]


def test_every_operation_has_a_row() -> None:
    assert len(offered()) > 80
    assert set(offered()) <= {name for service, name in EXAMPLES if service == "s3"}
    assert set(offered()) <= set(MODEL.operation_names)


@pytest.mark.parametrize("operation", offered())
def test_it_is_made(
    operation: str, stage: Stage, aws: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = EXAMPLES["s3", operation]
    request = example.make(Stage(stage.world, stage.account))
    typed = ["s3api", xform_name(operation, "-"), "--output", "json"]
    for name, value in request.items():
        typed += words(name, value, tmp_path)
    if MODEL.operation_model(operation).has_streaming_output:
        typed.append(str(tmp_path / "got"))
    code = aws.main(typed)
    out, err = capsys.readouterr()
    if example.answer is not None:
        assert code != 0
        assert f"({example.answer})" in err or re.search(example.answer, err)
        return
    assert (code, err) == (0, "")
    assert '"Errors"' not in out
