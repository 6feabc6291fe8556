"""Pictures of every page, to be looked at: wide, on a phone, in the dark, in Korean; with long names and a
thousand roles, and in an account that holds nothing; of dialogs and the visual editor, in Korean on a phone.
By hand: `make gallery`.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, trust
from tests.console.fix_console import ADMINS, Person, Stage
from tests.console.test_pages import LONG, PAGES, POLICY, fill, write_and_see

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


@dataclass(frozen=True)
class Opening:
    """How a dialog is opened, by its Korean words: the page, what is chosen in its table, the panel, and what
    is clicked there.
    """

    path: str
    clicked: tuple[str, ...]
    row: str | None = None
    panel: str | None = None


DAVID, LONG_ROLE, BUCKET = "/iam/users/David", f"/iam/roles/{LONG}", "/s3/productionapp"
CREDENTIALS, PROPERTIES = f"{DAVID}?tab=credentials", f"{BUCKET}?tab=properties"
ACCESS, APP = f"{BUCKET}?tab=permissions", f"{BUCKET}/object?key=app.txt"
DIALOGS = {
    "delete-user": Opening(DAVID, ("삭제",)),
    "password": Opening(CREDENTIALS, ("콘솔 액세스 활성화",)),
    "delete-key": Opening(CREDENTIALS, ("삭제",), row="비활성", panel="액세스 키"),
    "key": Opening(CREDENTIALS, ("액세스 키 만들기",)),
    "mfa": Opening(CREDENTIALS, ("MFA 디바이스 할당",)),
    "boundary": Opening(DAVID, ("경계 설정",)),
    "add-users": Opening("/iam/groups/Developers?tab=users", ("사용자 추가",)),
    "edit-role": Opening(LONG_ROLE, ("편집",)),
    "delete-role": Opening(LONG_ROLE, ("삭제",)),
    "delete-policy": Opening(POLICY, ("삭제",)),
    "provider": Opening("/iam/providers", ("제공업체 추가",)),
    "alias": Opening("/iam/settings", ("편집",)),
    "empty-bucket": Opening("/s3", ("비우기",), row="productionapp"),
    "delete-bucket": Opening("/s3", ("삭제",), row="productionapp"),
    "upload": Opening(BUCKET, ("업로드",)),
    "copy": Opening(BUCKET, ("작업", "복사"), row="app.txt"),
    "move": Opening(BUCKET, ("작업", "이름 바꾸기 또는 이동"), row="app.txt"),
    "link": Opening(BUCKET, ("작업", "링크 공유"), row="app.txt"),
    "delete-objects": Opening(BUCKET, ("작업", "삭제"), row="app.txt"),
    "metadata": Opening(APP, ("편집",), panel="메타데이터"),
    "retention": Opening(APP, ("보존 편집",)),
    "lock": Opening(PROPERTIES, ("편집",), panel="객체 잠금"),
    "rule": Opening(PROPERTIES, ("규칙 만들기",)),
    "rules": Opening(PROPERTIES, ("JSON으로 편집",), panel="수명 주기 규칙"),
    "cors": Opening(ACCESS, ("편집",), panel="교차 출처 리소스 공유(CORS)"),
    "acl": Opening(ACCESS, ("편집",), panel="액세스 제어 목록(ACL)"),
    "ownership": Opening(ACCESS, ("편집",), panel="객체 소유권"),
    "public": Opening(ACCESS, ("모든 퍼블릭 액세스 차단", "저장"), panel="퍼블릭 액세스 차단"),
}
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
    if not subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=True).stdout:
        pytest.fail("no font has Korean letters: apt-get install fonts-nanum", pytrace=False)
    FOLDER.mkdir(parents=True, exist_ok=True)


@pytest.mark.usefixtures("folder")
def test_pictures(stage: Stage) -> None:
    fill_to_the_brim(stage)
    for look, how in LOOKS.items():
        stranger = stage.person(**how)
        stranger.open("/signin")
        shoot(stranger, "signin", look)
        person = stage.visitor(**how)
        for path in PAGES:
            picture(person, look, path)


@pytest.mark.usefixtures("folder")
def test_pictures_of_an_account_that_holds_nothing(stage: Stage) -> None:
    person = stage.person()
    person.sign_in(DEVELOPMENT, ADMINS[DEVELOPMENT][1])
    for path in EMPTY:
        picture(person, "empty", path)


def open_dialog(person: Person, how: Opening) -> None:
    person.go("/nowhere")
    person.heading("페이지가 없습니다")
    person.go(how.path)
    place: Any = person.page if how.panel is None else person.panel(how.panel)
    place.get_by_role("button").first.wait_for()
    person.page.wait_for_load_state("networkidle")
    if how.row is not None:
        person.choose(how.row)
    for name in how.clicked:
        shown = place.get_by_role("button", name=name, exact=True)
        for role in ("menuitem", "checkbox"):
            shown = shown.or_(person.page.get_by_role(role, name=name, exact=True))
        shown.first.click()
    person.dialog().wait_for()


@pytest.mark.usefixtures("folder")
def test_pictures_of_dialogs(stage: Stage) -> None:
    fill(stage)
    iam: Any = stage.world.client("iam", stage.keys[PRODUCTION])
    s3: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    owned = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket="productionapp", OwnershipControls=owned)
    s3.put_bucket_versioning(Bucket="productionapp", VersioningConfiguration={"Status": "Enabled"})
    locked = {"ObjectLockEnabled": "Enabled"}
    s3.put_object_lock_configuration(Bucket="productionapp", ObjectLockConfiguration=locked)
    (first,) = iam.list_access_keys(UserName="David")["AccessKeyMetadata"]
    iam.update_access_key(UserName="David", AccessKeyId=first["AccessKeyId"], Status="Inactive")
    for look, dark in (("phone", False), ("dark", True)):
        for key in iam.list_access_keys(UserName="David")["AccessKeyMetadata"][1:]:
            iam.delete_access_key(UserName="David", AccessKeyId=key["AccessKeyId"])
        person = stage.visitor(width=375, dark=dark, language="ko-KR")
        for name, how in DIALOGS.items():
            open_dialog(person, how)
            shoot(person, f"dialog-{name}", look)


@pytest.mark.usefixtures("folder")
def test_pictures_of_the_policy_editor(stage: Stage) -> None:
    for look, dark in (("phone", False), ("dark", True)):
        person = stage.visitor(width=375, dark=dark, language="ko-KR")
        write_and_see(person)
        shoot(person, "editor", look)
        person.page.get_by_role("button", name="작업 선택").first.click()
        shoot(person, "editor-actions", look)
