"""`deputize idp serve`, `token`, `metadata` and `saml`."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop

from deputize.cli.common import default_data, fail
from deputize.cli.idp.keys import TestKeys, opened
from deputize.cli.idp.server import HOST, Issuers
from deputize.cli.idp.tokens import AUDIENCE, ISSUERS, SHAPES, WRONG, Subject, claims_of, issuer_of
from deputize.cli.idp.tokens import signed as signed_token
from deputize.config import HttpLimits
from deputize.http.server import listen
from deputize.http.server import serve as serve_http

F = TypeVar("F", bound=Callable[..., Any])
PORT = 4590
GRACE = 2.0
USUAL = Subject()
SAML_WRONG = ("expired", "not-yet", "signature", "audience", "recipient", "unsigned")
HELP = """An identity provider for tests, so that trust policies can be tried without the internet: tokens as
GitHub Actions, EKS and Google make them, and signed SAML responses, right ones and wrong ones.

It is for this machine alone and vouches for whatever you say. A server takes its tokens only if it was
started with `deputize serve --insecure-oidc-loopback`, and an account only what it was told to trust.

\b
Tokens:
  deputize serve --insecure-oidc-loopback &
  deputize idp serve &                        prints the issuers' addresses
  aws iam create-open-id-connect-provider --client-id-list sts.amazonaws.com \\
      --url http://127.0.0.1:4590/token.actions.githubusercontent.com
  deputize idp token --shape github --repo octo-org/octo-repo --ref refs/heads/main > token
  AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:... aws sts get-caller-identity

\b
In the role's trust policy the keys are those of the issuer, at its test address:
  "StringLike": {"127.0.0.1:4590/token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:*"}

\b
To try trust policies as they are in production, let the server ask here in the place of the real issuers:
  deputize serve --oidc-test-provider http://127.0.0.1:4590 &
  deputize idp token --shape github --issuer https://token.actions.githubusercontent.com ...

\b
SAML needs no server of its own:
  deputize idp metadata > idp.xml
  aws iam create-saml-provider --name Test --saml-metadata-document file://idp.xml
  aws sts assume-role-with-saml --role-arn ROLE --principal-arn PROVIDER \\
      --saml-assertion "$(deputize idp saml --role ROLE --provider PROVIDER --session-name ann)"

\b
What must be refused is tried with --wrong:
  deputize idp token --shape eks --service-account app --wrong audience
"""


@click.group(help=HELP)
def idp() -> None:
    """The group."""


def folder_option(command: F) -> F:
    """`--folder DIR`."""
    option = click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: default_data().parent / "deputize-idp",
        show_default="deputize-idp beside the data directory",
        help="Where the provider's keys are; made if they are missing.",
    )
    return option(command)


def port_option(command: F) -> F:
    """`--port N`."""
    option = click.option(
        "--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help=f"The port on {HOST}."
    )
    return option(command)


def _keys(folder: Path) -> TestKeys:
    try:
        return opened(folder)
    except (OSError, ValueError) as error:
        fail(f"the keys in {folder} cannot be used: {error}", "name another --folder")


@idp.command("serve")
@folder_option
@port_option
def serve(folder: Path, port: int) -> None:
    """Publish the issuers' keys, until Ctrl-C."""
    keys = _keys(folder)
    try:
        uvloop.run(_run(Issuers(keys=keys), port))
    except OSError as error:
        fail(f"cannot listen on {HOST}:{port}: {error.strerror}", "name another --port")


async def _run(issuers: Issuers, port: int) -> None:
    ready = {"ready": True}
    server = await serve_http(
        issuers.answer, listen(HOST, port), limits=HttpLimits(), health=lambda: ready, clock=time.time
    )
    stop = asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stop.set)
    click.echo("Ready. For tests on this machine alone: it vouches for whatever it is told. Its issuers:")
    for shape in ISSUERS:
        click.echo(f"  {shape:<7} {issuer_of(f'http://{HOST}:{server.port}', shape)}")
    await stop.wait()
    await server.drain(GRACE)


@idp.command("token")
@click.option("--shape", type=click.Choice(sorted(SHAPES)), required=True, help="Whose tokens it looks like.")
@click.option("--issuer", metavar="URL", help="`iss`; the test address if left out.")
@click.option("--audience", default=AUDIENCE, show_default=True, help="`aud`; for google `azp` as well.")
@click.option("--repo", default=USUAL.repository, help="github: OWNER/NAME.")
@click.option("--ref", default=USUAL.ref, help="github: the branch or tag.")
@click.option("--environment", help="github: the environment of the job; it takes the ref's place in `sub`.")
@click.option("--workflow", default=USUAL.workflow, help="github: the workflow's name.")
@click.option("--namespace", default=USUAL.namespace, help="eks: the pod's namespace.")
@click.option("--service-account", default=USUAL.service_account, help="eks: the pod's service account.")
@click.option("--email", default=USUAL.email, help="google: whose token it is.")
@click.option("--subject", default=USUAL.name, help="plain: `sub` itself.")
@click.option("--claim", "claims", metavar="NAME=VALUE", multiple=True, help="A further claim. Repeatable.")
@click.option("--seconds", type=click.IntRange(1), help="For how long it is good; as theirs, if left out.")
@click.option("--wrong", type=click.Choice(WRONG), help="Make it wrong in one way.")
@folder_option
@port_option
def token(
    shape: str,
    issuer: str | None,
    audience: str,
    repo: str,
    ref: str,
    environment: str | None,
    workflow: str,
    namespace: str,
    service_account: str,
    email: str,
    subject: str,
    claims: tuple[str, ...],
    seconds: int | None,
    wrong: str | None,
    folder: Path,
    port: int,
) -> None:
    """Print a signed token.

    \b
    deputize idp token --shape github --repo octo-org/octo-repo --environment production
    deputize idp token --shape eks --namespace shop --service-account cart
    deputize idp token --shape google --email ann@example.com --audience 1234.apps.example.com
    deputize idp token --shape plain --subject ann --claim https://aws.amazon.com/source_identity=ann
    """
    who = Subject(
        name=subject,
        repository=repo,
        ref=ref,
        environment=environment,
        workflow=workflow,
        namespace=namespace,
        service_account=service_account,
        email=email,
    )
    iss = issuer or issuer_of(f"http://{HOST}:{port}", shape)
    told = claims_of(shape, iss, who, audience, int(time.time()), seconds) | _pairs(claims, "--claim")
    # SDKs send what a token file holds as it is, a line's end included.
    click.echo(signed_token(told, _keys(folder), wrong), nl=sys.stdout.isatty())


@idp.command("metadata")
@folder_option
def metadata(folder: Path) -> None:
    """Print the SAML metadata, for CreateSAMLProvider."""
    from deputize.cli.idp import assertions

    click.echo(assertions.metadata(_keys(folder)))


@idp.command("saml")
@click.option("--role", "roles", metavar="ARN", multiple=True, required=True, help="Repeatable.")
@click.option("--provider", metavar="ARN", required=True, help="The SAML provider that the role trusts.")
@click.option("--session-name", required=True, help="RoleSessionName.")
@click.option("--subject", help="NameID; the session's name if left out.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="A session tag. Repeatable.")
@click.option("--transitive", metavar="KEY", multiple=True, help="A tag that follows chaining. Repeatable.")
@click.option("--source-identity", help="SourceIdentity.")
@click.option("--session-seconds", type=click.IntRange(900, 43200), help="SessionDuration, for the console.")
@click.option("--attribute", "attributes", metavar="NAME=VALUE", multiple=True, help="Any other. Repeatable.")
@click.option("--recipient", metavar="URL", help="To whom it is sent; AWS's sign-in address if left out.")
@click.option("--wrong", type=click.Choice(SAML_WRONG), help="Make it wrong in one way.")
@folder_option
def saml(
    roles: tuple[str, ...],
    provider: str,
    session_name: str,
    subject: str | None,
    tags: tuple[str, ...],
    transitive: tuple[str, ...],
    source_identity: str | None,
    session_seconds: int | None,
    attributes: tuple[str, ...],
    recipient: str | None,
    wrong: str | None,
    folder: Path,
) -> None:
    """Print a signed SAML response, in base64. It is good for five minutes.

    \b
    deputize idp saml --role arn:aws:iam::111122223333:role/Staff \\
        --provider arn:aws:iam::111122223333:saml-provider/Test --session-name ann --tag Team=blue
    """
    from deputize.cli.idp import assertions

    others = {name: [value] for name, value in _pairs(attributes, "--attribute").items()}
    statement = assertions.Statement(
        roles=[(role, provider) for role in roles],
        session_name=session_name,
        subject=subject or session_name,
        recipient=recipient or assertions.RECIPIENT,
        seconds=session_seconds,
        source_identity=source_identity,
        tags=_pairs(tags, "--tag"),
        transitive=transitive,
        attributes=others,
    )
    click.echo(assertions.response(statement, _keys(folder), int(time.time()), wrong))


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    """What `NAME=VALUE` options say."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            fail(f"{option} {text} is no NAME=VALUE", code=2)
        found[name] = value
    return found
