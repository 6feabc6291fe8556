"""`deputize account create`, `list` and `set-quota`. They work while a server runs on the same data."""

import json
import time
from pathlib import Path
from typing import Any

import click

from deputize.cli.common import data_option, existing_data_option, opened, require_installation
from deputize.domain import accounts
from deputize.model.account import Account
from deputize.protocol.partitions import PARTITIONS
from deputize.secrets import passwords
from deputize.secrets.keyring import Keyring
from deputize.store.api import Transaction

# No account holds more of anything than this.
MOST = 10_000_000


class Limit(click.ParamType[int | None]):
    """A quota: a number, or the word `default`, which is None here."""

    name = "NUMBER|default"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value == "default":
            return None
        return click.IntRange(0, MOST).convert(value, param, ctx)


@click.group(help="Create accounts, list them, and set their quotas.")
def account() -> None:
    """The group."""


@account.command("create")
@click.argument("name")
@click.option("--id", "account_id", metavar="12DIGITS", help="The account id; a random one if left out.")
@click.option("--email", metavar="E", help="The root user's e-mail address; unique.")
@click.option("--alias", metavar="A", help="The account's alias for signing in; unique in the partition.")
@click.option("--partition", type=click.Choice(sorted(PARTITIONS)), default="aws", show_default=True)
@click.option("--admin", metavar="USER", help="Make an IAM user with AdministratorAccess and an access key.")
@click.option("--root-access-key", is_flag=True, help="Make an access key of the root user as well.")
@click.option(
    "--external",
    is_flag=True,
    help="Only make the id known, so that trust policies may name it (a vendor's); nobody signs in as it.",
)
@data_option
def create(
    name: str,
    account_id: str | None,
    email: str | None,
    alias: str | None,
    partition: str,
    admin: str | None,
    root_access_key: bool,
    external: bool,
    data: Path,
) -> None:
    """Create an account and print it, with its secrets, as JSON.

    The secrets are printed this once: keep them.

    \b
    deputize account create Development --admin admin
    deputize account create Vendor --id 222222222222 --external
    """
    if external and (admin or root_access_key):
        raise click.UsageError(
            "nobody signs in as an external account: leave out --admin and --root-access-key"
        )
    wanted = {"name": name, "id": account_id, "email": email, "alias": alias, "partition": partition}
    with opened(data) as installation:
        made = _Making(installation.keyring, wanted, admin, root_access_key, external)
        click.echo(json.dumps(installation.store.write(made).result(), indent=2))


class _Making:
    """The command that makes the account. What is random or slow is made before: the store may run it
    twice.
    """

    def __init__(
        self, keyring: Keyring, wanted: dict[str, Any], admin: str | None, root_key: bool, external: bool
    ) -> None:
        self._keyring = keyring
        self._wanted = wanted
        self._admin = admin
        self._root_key = root_key
        self._external = external
        self._now = int(time.time())
        self._root_password = None if external else passwords.generated()
        self._admin_password = None if admin is None else passwords.generated()
        self._root_hash = None if self._root_password is None else passwords.hashed(self._root_password)
        self._admin_hash = None if self._admin_password is None else passwords.hashed(self._admin_password)

    def __call__(self, db: Transaction) -> dict[str, Any]:
        made = accounts.create(
            db, **self._wanted, external=self._external, root_password_hash=self._root_hash, now=self._now
        )
        printed: dict[str, Any] = {"Account": described(made)}
        if self._root_password is not None:
            printed["RootUser"] = {"Email": made.email, "Password": self._root_password}
        if self._root_key:
            key = accounts.add_root_key(db, made, self._keyring, now=self._now)
            printed["RootUser"] |= {"AccessKeyId": key.id, "SecretAccessKey": key.secret}
        if self._admin is not None:
            key = accounts.add_admin(
                db, made, self._admin, self._keyring, password_hash=self._admin_hash, now=self._now
            )
            printed["Admin"] = {
                "UserName": self._admin,
                "Password": self._admin_password,
                "AccessKeyId": key.id,
                "SecretAccessKey": key.secret,
            }
        return printed


@account.command("list")
@existing_data_option
def list_accounts(data: Path) -> None:
    """Print every account as JSON, without secrets."""
    require_installation(data)
    with opened(data) as installation, installation.store.snapshot() as db:
        found = [described(one) for one in db.accounts.page()]
    click.echo(json.dumps({"Accounts": found}, indent=2))


QUOTAS = [name.replace("_", "-") for name in accounts.SETTABLE]


@account.command("set-quota", epilog=f"Quotas: {', '.join(QUOTAS)}.")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("quota", metavar="QUOTA", type=click.Choice(QUOTAS))
@click.argument("value", metavar="NUMBER|default", type=Limit())
@existing_data_option
def set_quota(account_id: str, quota: str, value: int | None, data: Path) -> None:
    """Let an account hold more, or less, of something than AWS's default; `default` takes that back.

    It holds from the next request on, and leaves a record in the account's event history.

    \b
    deputize account set-quota 111122223333 users 100000
    deputize account set-quota 111122223333 users default
    """
    name, now = quota.replace("-", "_"), int(time.time())
    require_installation(data)
    with opened(data) as installation:
        changed = installation.store.write(
            lambda db: accounts.set_quota(db, account_id, name, value, now=now)
        ).result()
    click.echo(json.dumps({"Account": described(changed)}, indent=2))


def described(one: Account) -> dict[str, Any]:
    """An account as the commands print it."""
    printed: dict[str, Any] = {
        "Id": one.id,
        "Name": one.name,
        "Email": one.email,
        "Arn": one.arn,
        "Partition": one.partition,
        "Status": one.status,
        "External": one.external,
    }
    if one.alias is not None:
        printed["Alias"] = one.alias
    if one.quotas:
        printed["Quotas"] = {name.replace("_", "-"): limit for name, limit in sorted(one.quotas.items())}
    return printed
