"""The two pages that the server writes itself, after an identity provider's response: which role, and what is
wrong.

They run no script and load nothing: the response is in the form, and goes back with the choice.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from deputize.model.account import Account
from deputize.model.identity import Role
from deputize.protocol.message import Answer

STYLE = (
    ":root{color-scheme:light dark;--accent:#0b6e4f}"
    "@media(prefers-color-scheme:dark){:root{--accent:#3fbf95}}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}"
    "h1{font-size:1.4rem}"
    "fieldset{border:1px solid #8888;border-radius:8px;margin:0 0 1rem;padding:.75rem 1rem}"
    "legend{font-weight:600;padding:0 .4rem}label{display:block;padding:.3rem 0;overflow-wrap:anywhere}"
    "button{font:inherit;font-weight:600;color:#fff;background:#0b6e4f;border:0;border-radius:20px;"
    "padding:.5rem 1.5rem}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    "small{opacity:.7}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = (
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
WORDS = {
    False: {
        "lang": "en",
        "choose": "Choose a role",
        "enter": "Sign in",
        "failed": "You could not be signed in",
        "again": "Go back to your identity provider and try again.",
        "note": "Deputize is not affiliated with Amazon.",
    },
    True: {
        "lang": "ko",
        "choose": "역할 선택",
        "enter": "로그인",
        "failed": "로그인할 수 없습니다",
        "again": "자격 증명 공급자로 돌아가 다시 시도하세요.",
        "note": "Deputize는 Amazon과 관련이 없습니다.",
    },
}


def page(roles: Sequence[tuple[Role, Account | None]], kept: Mapping[str, str], *, korean: bool) -> Answer:
    """The roles to choose from, by account; `kept` goes along with the choice."""
    words = WORDS[korean]
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in kept.items()
    )
    accounts: dict[str, list[str]] = {}
    for number, (role, account) in enumerate(roles):
        label = role.account if account is None else f"{account.alias or account.name} ({role.account})"
        checked = " checked" if number == 0 else ""
        radio = f'<input type="radio" name="role" value="{escape(role.arn)}"{checked}>'
        accounts.setdefault(label, []).append(f"<label>{radio} {escape(role.name)}</label>")
    fields = "".join(
        f"<fieldset><legend>{escape(label)}</legend>{''.join(choices)}</fieldset>"
        for label, choices in accounts.items()
    )
    form = f'<form method="post" action="/saml">{hidden}{fields}<button>{words["enter"]}</button></form>'
    return _page(200, words["choose"], form, korean=korean)


def refusal(status: int, message: str, *, korean: bool) -> Answer:
    """What is wrong, in the server's words."""
    return _page(
        status,
        WORDS[korean]["failed"],
        f"<p>{escape(message)}</p><p>{WORDS[korean]['again']}</p>",
        korean=korean,
    )


def _page(status: int, title: str, content: str, *, korean: bool) -> Answer:
    words = WORDS[korean]
    written = (
        f'<!doctype html><html lang="{words["lang"]}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title} - Deputize</title>'
        f"<style>{STYLE}</style><main><h1>{title}</h1>{content}<p><small>{words['note']}</small></p></main></html>"
    )
    return Answer(status, (*HEADERS, ("content-type", "text/html; charset=utf-8")), written.encode())
