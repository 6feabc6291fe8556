"""`python -m benchmarks`: start every server, measure them in turns, print a table."""

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from benchmarks import measure, profiling, report, scene, servers, syncs
from benchmarks.cases import Case, Side, cases, writes
from benchmarks.load import LoadFailed
from benchmarks.measure import Figure
from benchmarks.report import Results
from benchmarks.scene import Scene
from benchmarks.servers import Missing, Server

ROUNDS, QUICK_ROUNDS = 5, 1
# In a quick run a round has this part of its requests.
QUICK = 20
STARTS, QUICK_STARTS = 5, 1
DURABLE = 4_000


@click.command()
@click.option("--quick", is_flag=True, help="A few requests of each kind: does it run at all?")
@click.option("--only", default="", metavar="TEXT", help="Only cases with this in their name.")
@click.option("--servers", "wanted", default="deputize,nginx,moto,s3rver", show_default=True)
@click.option("--markdown", type=click.Path(path_type=Path), help="Where the table goes as well.")
@click.option("--profile", is_flag=True, help="Instead: where deputize's time goes, step by step.")
def main(quick: bool, only: str, wanted: str, markdown: Path | None, profile: bool) -> None:
    """Measure deputize beside nginx, moto and s3rver."""
    home = Path(tempfile.mkdtemp(prefix="deputize-bench-"))
    home.chmod(0o755)
    try:
        if profile:
            written = _profile(home, only)
        else:
            written = report.markdown(_run(home, quick, only, set(wanted.split(","))))
    except (Missing, LoadFailed) as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(1)
    finally:
        shutil.rmtree(home)
    click.echo(written)
    if markdown is not None:
        markdown.write_text(written)


def _run(home: Path, quick: bool, only: str, wanted: set[str]) -> Results:
    data = home / "data"
    admin = scene.administrator(data)
    with ExitStack() as stack:
        known = {"deputize": stack.enter_context(servers.deputize(data))}
        idle = known["deputize"].memory()
        _tell("setting the scene")
        made = scene.build(known["deputize"].port, admin)
        if "nginx" in wanted:
            known["nginx"] = stack.enter_context(servers.nginx(home / "nginx", scene.files()))
        if "moto" in wanted:
            known["moto"] = stack.enter_context(servers.moto())
            scene.fill(known["moto"].port, scene.MOTO_KEYS)
        if "s3rver" in wanted:
            known["s3rver"] = stack.enter_context(servers.s3rver(home / "s3rver"))
            scene.fill(known["s3rver"].port, scene.S3RVER_KEYS)
        figures = _rounds(known, _chosen(made, only), quick)
        busy = known["deputize"].memory()
    starts = _starts(data, quick)
    return Results(
        figures=figures, starts=starts, idle=idle, busy=busy, per_sync=_durable(home, data, made, quick)
    )


def _profile(home: Path, only: str) -> str:
    data = home / "data"
    admin = scene.administrator(data)
    found = {}
    with servers.deputize(data) as server:
        _tell("setting the scene")
        for case in _chosen(scene.build(server.port, admin), only):
            side = next(side for side in case.sides if side.server == "deputize")
            _tell(f"profiling {case.name}")
            found[case.name] = profiling.profile(server, case, side, home / "samples")
    return profiling.markdown(found)


def _chosen(made: Scene, only: str) -> list[Case]:
    return [case for case in cases(made) if only.lower() in case.name.lower()]


def _rounds(
    known: dict[str, Server], chosen: list[Case], quick: bool
) -> dict[tuple[Case, Side], list[Figure]]:
    """Every side of every case once per round, so that what disturbs the machine disturbs all of them."""
    figures: dict[tuple[Case, Side], list[Figure]] = {}
    rounds = QUICK_ROUNDS if quick else ROUNDS
    for number in range(rounds):
        for case in chosen:
            for side in case.sides:
                if side.server not in known:
                    continue
                total = max(1, side.round // QUICK) if quick else side.round
                figure = measure.measure(known[side.server], case, side, total)
                figures.setdefault((case, side), []).append(figure)
                _tell(
                    f"round {number + 1} of {rounds}: {case.name}, {side.server} {figure.cpu * 1e6:,.0f} µs"
                )
    return figures


def _starts(data: Path, quick: bool) -> list[tuple[float, float]]:
    found = []
    for number in range(QUICK_STARTS if quick else STARTS):
        _tell(f"start {number + 1}")
        with servers.deputize(data) as server:
            found.append((server.started, server.cpu()))
    return found


def _durable(home: Path, data: Path, made: Scene, quick: bool) -> float | None:
    _tell("counting syncs")
    total = DURABLE // QUICK if quick else DURABLE
    return syncs.acknowledged_per_sync(data, writes(made.user), total, home / "strace.log")


def _tell(text: str) -> None:
    click.echo(f"\r\x1b[K{text}", err=True, nl=not sys.stderr.isatty())


if __name__ == "__main__":
    main()
