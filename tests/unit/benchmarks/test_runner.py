"""The benchmarks' runner finds figures; whether they are good is for a quiet machine to say."""

import re
from pathlib import Path

import pytest
from benchmarks import __main__ as runner
from benchmarks import profiling, s3, scene, servers
from click.testing import CliRunner


@pytest.mark.slow
def test_a_tiny_run_reports_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scene, "LISTED", 1)
    monkeypatch.setattr(scene, "LARGE_CONTENT", b"")
    monkeypatch.setattr(runner, "QUICK", 200)
    table = tmp_path / "table.md"
    options = ["--quick", "--only", "GET 1 KiB", "--servers", "deputize", "--markdown", str(table)]
    done = CliRunner().invoke(runner.main, options)
    assert done.exit_code == 0, done.output
    written = table.read_text()
    for who in ("IAM user", "role session", "IAM user, boto3's head"):
        row = rf"^\| GET 1 KiB \| deputize \| {who} \| [\d,]+ µs \| [\d,]+ \|  \|  \|  \|$"
        assert re.search(row, written, re.MULTILINE), written
    assert re.search(r"start to first answer, median of 1 \| \d+\.\d\d s", written)
    assert re.search(r"CPU time until then \| \d+\.\d\d s", written)
    assert re.search(r"resident memory, idle \| \d+ MB", written)


def test_a_sample_counts_for_the_innermost_step_and_helpers_for_their_caller() -> None:
    loop = "<module> (deputize:3);run (uvloop/__init__.py:48)"
    spine = f"{loop};Gateway.answer (deputize/gateway/spine.py:50)"
    who = "signer (deputize/gateway/authenticate.py:60)"
    parsing = "RestXmlCodec.parse (deputize/protocol/rest_xml.py:40)"
    waiting = "Queue.wait (deputize/store/queue.py:70);Condition.wait (threading.py:320)"
    collapsed = [
        f"{spine};{who};verify (deputize/protocol/sigv4_verify.py:30) 3",
        f"{spine};{parsing};read (deputize/protocol/scalars.py:9) 2",
        f"{spine};RestXmlCodec.serialize (deputize/protocol/rest_xml.py:60) 1",
        f"{loop} 5",
        f"Thread.run (threading.py:982);{waiting} 9",
    ]
    counted = profiling.by_step(collapsed)
    assert counted == {"SigV4": 3, "parse": 2, "serialize": 1, profiling.BESIDE: 5}
    seconds = {"GET": {"SigV4": 12e-6}, "PUT": {"SigV4": 20e-6, profiling.BESIDE: 3e-6}}
    assert profiling.markdown(seconds).splitlines() == [
        "| µs of CPU per request | GET | PUT |",
        "|---|--:|--:|",
        "| SigV4 | 12 | 20 |",
        "| event loop and sockets | 0 | 3 |",
        "| all | 12 | 23 |",
    ]


@pytest.mark.slow
def test_a_listing_of_a_filled_bucket_reports_figures(tmp_path: Path) -> None:
    admin = scene.administrator(tmp_path / "data")
    with servers.deputize(tmp_path / "data") as server:
        scene.client("s3", server.port, admin).create_bucket(Bucket=s3.LISTED)
    s3.fill(tmp_path / "data", 2_500)
    with servers.deputize(tmp_path / "data") as server:
        listed = scene.client("s3", server.port, admin).list_objects_v2(Bucket=s3.LISTED, Delimiter="/")
        assert len(listed["CommonPrefixes"]) == s3.PREFIXES
        keys, prefixes = s3.listings(server, admin)
    assert re.fullmatch(r"\d+\.\d ms of CPU", keys.found)
    assert re.fullmatch(r"\d+\.\d ms of CPU", prefixes.found)
