"""Every call of the console's pages, by its name."""

from collections.abc import Mapping
from functools import partial

from deputize.console.api import ConsoleCall
from deputize.console.credentials import credentials
from deputize.console.desk import Desk
from deputize.console.explain import explain
from deputize.console.guide import guide
from deputize.console.sessions import list_sessions, sign_out
from deputize.console.sign_in import new_password, sign_in
from deputize.console.switchable import roles
from deputize.console.switching import history, switch_back, switch_role

CALLS = {
    "sign-in": sign_in,
    "new-password": new_password,
    "sessions": list_sessions,
    "credentials": credentials,
    "switch-role": switch_role,
    "switch-back": switch_back,
    "history": history,
    "roles": roles,
    "explain": explain,
    "guide": guide,
    "sign-out": sign_out,
}


def calls(desk: Desk) -> Mapping[str, ConsoleCall]:
    """The calls, at this desk."""
    return {name: partial(call, desk) for name, call in CALLS.items()}
