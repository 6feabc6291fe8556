"""Pictures of every page, to be looked at: wide, on a phone, in the dark, in Korean; with long names and a
thousand roles, and in an account that holds nothing. By hand: `make gallery`.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, trust
from tests.console.fix_console import ADMINS, Person, Stage
from tests.console.test_pages import LONG, PAGES, fill

FOLDER = Path(os.environ.get("DEPUTIZE_GALLERY", "/tmp/gallery"))
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {},
    "phone": {"width": 375},
    "dark": {"dark": True},
    "korean": {"language": "ko-KR"},
    "korean-phone": {"width": 375, "language": "ko-KR"},
}
EMPTY = (
    *("/", "/iam/groups", "/iam/users", "/iam/roles", "/iam/policies", "/iam/providers"),
    *("/s3", "/block-public-access", "/roles"),
)
# With those that are there already, all that an account may have.
ROLES = 998


def fill_to_the_brim(stage: Stage) -> None:
    """A thousand roles, and names as long as they may be."""
    fill(stage)
    keys = stage.keys[PRODUCTION]
    iam: Any = stage.world.client("iam", keys)
    for number in range(ROLES):
        document = trust({"AWS": PRODUCTION})
        iam.create_role(RoleName=f"team-{number:04}-deployment", AssumeRolePolicyDocument=document)
    iam.create_user(UserName="u" * 64)
    iam.create_group(GroupName="g" * 128)
    s3: Any = stage.world.client("s3", keys)
    s3.create_bucket(Bucket="b" * 63)
    s3.put_object(Bucket="productionapp", Key=f"{LONG}/" * 8 + "x" * 200, Body=b"x")
    s3.put_object(Bucket="productionapp", Key="k" * 900, Body=b"x")


def shoot(person: Person, name: str, look: str) -> None:
    """The whole page: the window is made as high as it is."""
    person.page.wait_for_timeout(900)
    size = person.page.viewport_size or {"width": 1280, "height": 800}
    height = min(person.page.evaluate("document.documentElement.scrollHeight"), 4000)
    person.page.set_viewport_size({"width": size["width"], "height": max(height, 800)})
    person.page.wait_for_timeout(200)
    person.page.screenshot(path=FOLDER / f"{name}.{look}.png")
    person.page.set_viewport_size(size)


def picture(person: Person, look: str, path: str) -> None:
    person.go(path)
    name = path.strip("/").replace("/", "-").translate(str.maketrans("?&=%", "----")) or "home"
    shoot(person, name, look)


@pytest.fixture
def folder() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)


@pytest.mark.usefixtures("folder")
def test_pictures(stage: Stage) -> None:
    fill_to_the_brim(stage)
    for look, how in LOOKS.items():
        person = stage.person(**how)
        person.open("/signin")
        shoot(person, "signin", look)
        english = stage.person(**{**how, "language": "en-US"})
        english.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
        person.page.context.add_cookies(english.page.context.cookies())  # type: ignore[arg-type]
        person.open("/")
        for path in PAGES:
            picture(person, look, path)


@pytest.mark.usefixtures("folder")
def test_pictures_of_an_account_that_holds_nothing(stage: Stage) -> None:
    person = stage.person()
    person.sign_in(DEVELOPMENT, ADMINS[DEVELOPMENT][1])
    for path in EMPTY:
        picture(person, "empty", path)
