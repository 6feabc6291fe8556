"""The `demo` command: prints each command of the tutorial, its answer, and whether it is what the tutorial
promises.
"""

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import click

from deputize.cli.common import fail
from deputize.cli.demo.runner import Outcome, Stage, Unable
from deputize.cli.demo.script import CHAPTERS, Step

WIDTH = 100


@click.command()
@click.option("--keep", is_flag=True, help="Leave the server running, and a second one to do it oneself.")
def demo(keep: bool) -> None:
    """Watch the delegation tutorial run with the real AWS CLI.

    Two accounts, a trusted role and temporary credentials, in a temporary folder; and everybody who must
    be refused. Exit code 1 if anything is not as the tutorial says.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="deputize-demo-") as folder:
        stage, fresh = Stage(Path(folder) / "played"), Stage(Path(folder) / "fresh")
        try:
            stage.start()
            kept, steps = _play(stage)
            took = time.monotonic() - began
            click.echo(f"\n{kept} of {steps} steps as the tutorial says, in {took:.0f} s.", nl=not keep)
            if keep:
                _prepare(stage, fresh)
                _stay(stage, fresh)
            else:
                click.echo("Look around: make demo ARGS=--keep")
        except Unable as unable:
            fail(str(unable), unable.hint)
        finally:
            stage.stop()
            fresh.stop()
    sys.exit(0 if kept == steps else 1)


def _play(stage: Stage) -> tuple[int, int]:
    """Run all chapters; how many steps there were as promised, and how many in all."""
    click.echo("Deputize demo: delegate access across AWS accounts with an IAM role")
    click.echo(f"server   {stage.url}   data in a temporary folder   everything is enforced")
    kept = steps = 0
    for chapter in CHAPTERS:
        click.echo()
        click.secho(chapter.title, bold=True, color=_colour())
        for step in chapter.steps:
            click.echo(f"  $ aws {step.command}      ({step.who})")
            outcome = stage.play(step)
            _tell(step, outcome)
            steps += 1
            kept += outcome.kept
    return kept, steps


def _tell(step: Step, outcome: Outcome) -> None:
    answer = outcome.answer if len(outcome.answer) <= WIDTH else outcome.answer[: WIDTH - 3] + "..."
    if not outcome.kept:
        click.secho(f"    {outcome.answer or '(no answer)'}", color=_colour())
        wanted = step.refusal or step.shows or "success"
        click.secho(f"    NOT what the tutorial says; wanted: {wanted}", fg="red", color=_colour())
    elif step.refusal:
        click.echo(f"    {outcome.answer}")
        click.secho("    refused, as it must be", fg="yellow", color=_colour())
    else:
        click.echo(f"    {answer}   " + click.style("ok", fg="green"), color=_colour())


def _colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _prepare(stage: Stage, fresh: Stage) -> None:
    """Passwords for the console, and a second server: its people are there, and nothing else is done."""
    click.echo(
        "\nNow the same for you: the people get passwords, in a second server where nothing is done yet."
    )
    sys.stdout.flush()
    stage.open_console()
    fresh.start()
    fresh.open_console()
    for step in CHAPTERS[0].steps:
        if step.command.startswith("iam "):
            fresh.aws(step.who, step.command)


def _doors(stage: Stage) -> None:
    """Where to sign in, and as whom."""
    for one in stage.sign_ins:
        password = one.password if sys.stdout.isatty() else "*" * 8
        click.echo(f"  {stage.console}signin/{one.account:<13} {one.name:<8} {password}")


def _stay(stage: Stage, fresh: Stage) -> None:
    """Print where everything is, and keep the servers until Ctrl-C."""
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # one that comes while this is printed waits for sigwait
    click.echo(
        "\nThe server stays. Paste this into ~/.aws/config (secrets are masked when this is no terminal):\n"
    )
    for line in (stage.folder / "config").read_text().splitlines():
        name, equals, value = line.partition(" = ")
        secret = name in ("aws_secret_access_key", "aws_session_token")
        click.echo(f"{name}{equals}{'*' * 8 if secret and not sys.stdout.isatty() else value}")
    click.echo("\nThen, for example: aws --profile switched s3 ls s3://productionapp")
    click.echo("\nThe console, with all of this done:")
    _doors(stage)
    click.echo("\nThe console where you do it yourself; its guide (i) says each step, and ticks it off:")
    _doors(fresh)
    click.echo("\nCtrl-C stops.")
    sys.stdout.flush()
    signal.sigwait(stops)
