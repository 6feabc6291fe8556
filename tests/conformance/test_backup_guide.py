"""docs/backup.md: its commands run in a shell, one after the other, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

from tests.fix_world import Clock, World, running
from tests.programs import PATH, need

GUIDE = Path(__file__).parents[2] / "docs" / "backup.md"


def test_its_commands(world: World, tmp_path: Path) -> None:
    need("bash", "base64")
    account = world.account("Guide")
    s3 = world.client("s3", account.admin)
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow" * 20_000)
    (tmp_path / "safe").mkdir()
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{PATH}",
            "HOME": str(tmp_path),
            "DEPUTIZE_DATA": str(world.data),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Looked at 1 versions and parts of uploads: no problems.",
        "Backed up into backups/monday.",
        "Backed up into backups/monday.",
        "Looked at 1 versions and parts of uploads: no problems.",
        "Restored into restored.",
        "Looked at 1 versions and parts of uploads: no problems.",
    ]
    with running(tmp_path / "restored", Clock()) as again:
        found = again.client("s3", account.admin).get_object(Bucket="photos", Key="cat.jpg")
        assert found["Body"].read() == b"meow" * 20_000
