"""`deputize`: the commands, each loaded when it is called, so that `--help` answers at once."""

import importlib
import time

import click

# For the time that starting took.
STARTED = time.monotonic()
# Command -> the module that has it under the same name, and its line in the help.
COMMANDS = {
    "serve": ("deputize.cli.serve", "Start the server: IAM, STS and S3 on one port."),
    "account": ("deputize.cli.account", "Create accounts, list them, set their quotas."),
    "agent": ("deputize.cli.agent.command", "Hand a role's credentials to programs here, as EC2 and ECS do."),
    "evaluate": ("deputize.cli.evaluate", "Decide cases of policies, without a server."),
    "explain": ("deputize.cli.explain", "Say why a call was refused."),
    "idp": ("deputize.cli.idp.command", "Mint tokens and SAML responses, to test trust policies with."),
    "scrub": ("deputize.cli.scrub", "Verify every stored byte, and name what is wrong."),
    "backup": ("deputize.cli.backup", "Copy all data while a server runs."),
    "restore": ("deputize.cli.restore", "Make a data directory of a backup."),
    "validate": ("deputize.cli.validate", "Check policy files: errors, dangers, what does nothing."),
    "demo": ("deputize.cli.demo.command", "Watch the delegation tutorial run with the real AWS CLI."),
}
HELP = """AWS-compatible IAM, STS and S3 for many accounts, on your own machine. Every request is
authenticated and authorized.

\b
First steps:
  deputize account create Development --admin admin     prints the administrator's keys, once
  deputize serve                                        says where it listens
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566         then use any AWS client
"""


class Commands(click.Group):
    """Loads a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        known = COMMANDS.get(cmd_name)
        if known is None:
            return None
        command: click.Command = getattr(importlib.import_module(known[0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Commands, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deputize", message="%(prog)s %(version)s")
def main() -> None:
    """The entry point."""
