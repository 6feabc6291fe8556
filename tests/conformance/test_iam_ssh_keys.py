"""SSH public keys of users: what is taken, in which encodings it comes back, and what it stands in the way
of.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.access.harness import statement
from tests.conformance.fix_iam import Home, conflict, missing, over
from tests.conformance.test_iam_paging import paged
from tests.fix_x509 import pem, rsa_key, ssh
from tests.programs import need
from tests.refusals import refused


def no_key(key: str) -> tuple[str, str, int]:
    return "NoSuchEntity", f"The Public Key with id {key} cannot be found.", 404


def upload(home: Home, body: str, user: str = "u") -> Any:
    return home.iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=body)["SSHPublicKey"]


@pytest.fixture(autouse=True)
def user(home: Home) -> None:
    home.iam.create_user(UserName="u")


@pytest.mark.parametrize("encode", [ssh, pem, lambda key: ssh(key) + " ann@example.com\n"])
def test_it_comes_back_in_either_encoding(home: Home, encode: Any) -> None:
    made = upload(home, encode(rsa_key()))
    assert made["SSHPublicKeyId"].startswith("APKA")
    assert made["Status"] == "Active"
    assert made["SSHPublicKeyBody"] == encode(rsa_key()).strip()
    for encoding, body in (("SSH", ssh(rsa_key())), ("PEM", pem(rsa_key()))):
        found = home.iam.get_ssh_public_key(
            UserName="u", SSHPublicKeyId=made["SSHPublicKeyId"], Encoding=encoding
        )["SSHPublicKey"]
        assert found == {**made, "SSHPublicKeyBody": body}


def test_its_fingerprint_is_ssh_keygens(home: Home, tmp_path: Path) -> None:
    need("ssh-keygen")
    file = tmp_path / "key.pub"
    file.write_text(ssh(rsa_key()))
    told = subprocess.run(
        ["ssh-keygen", "-l", "-E", "md5", "-f", file], capture_output=True, text=True, check=True
    ).stdout
    assert f"MD5:{upload(home, ssh(rsa_key()))['Fingerprint']} " in told


EC = ec.generate_private_key(ec.SECP256R1()).public_key()
ED25519 = ed25519.Ed25519PrivateKey.generate().public_key()
TOO_WEAK = "InvalidPublicKey", "The public key must be RSA of at least 2048 bits.", 400


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            "what is this",
            ("UnrecognizedPublicKeyEncoding", "The public key is neither in SSH nor in PEM format.", 400),
        ),
        ("ssh-rsa AAAA", ("InvalidPublicKey", "The public key is malformed.", 400)),
        ("ssh-rsa", ("InvalidPublicKey", "The public key is malformed.", 400)),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            ("InvalidPublicKey", "The public key is malformed.", 400),
        ),
        (ssh(rsa_key(bits=1024)), TOO_WEAK),
        (ED25519.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(), TOO_WEAK),
        (EC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), TOO_WEAK),
    ],
    ids=("nothing", "no-key", "no-body", "no-pem", "short", "ed25519", "ec"),
)
def test_what_is_not_taken(home: Home, body: str, answer: Any) -> None:
    assert refused(upload, home=home, body=body) == answer
    assert home.iam.list_ssh_public_keys(UserName="u")["SSHPublicKeys"] == []


def test_once_each_and_five_in_all(home: Home) -> None:
    made = [upload(home, ssh(rsa_key(number)))["SSHPublicKeyId"] for number in range(5)]
    assert refused(upload, home=home, body=pem(rsa_key(2))) == (
        "DuplicateSSHPublicKey",
        "The SSH public key is already associated with the user u.",
        400,
    )
    assert refused(upload, home=home, body=ssh(rsa_key(5))) == over("SSHPublicKeysPerUser: 5")
    found = paged(home.iam.list_ssh_public_keys, "SSHPublicKeys", 2, UserName="u")
    assert {key["SSHPublicKeyId"] for key in found} == set(made)
    assert set(found[0]) == {"UserName", "SSHPublicKeyId", "Status", "UploadDate"}
    home.iam.create_user(UserName="v")
    upload(home, ssh(rsa_key()), "v")


def test_off_and_gone(home: Home) -> None:
    key = {"UserName": "u", "SSHPublicKeyId": upload(home, ssh(rsa_key()))["SSHPublicKeyId"]}
    home.iam.update_ssh_public_key(**key, Status="Inactive")
    assert home.iam.get_ssh_public_key(**key, Encoding="SSH")["SSHPublicKey"]["Status"] == "Inactive"
    assert refused(home.iam.update_ssh_public_key, **key, Status="Expired")[0] == "ValidationError"
    assert refused(home.iam.delete_user, UserName="u") == conflict("remove referenced objects")
    home.iam.delete_ssh_public_key(**key)
    assert refused(home.iam.get_ssh_public_key, **key, Encoding="SSH") == no_key(key["SSHPublicKeyId"])
    home.iam.delete_user(UserName="u")


def test_a_key_is_found_with_its_user_alone(home: Home) -> None:
    home.iam.create_user(UserName="v")
    key = upload(home, ssh(rsa_key()))["SSHPublicKeyId"]
    other = home.as_(home.world.account("Other").admin)
    other.create_user(UserName="u")
    for iam, name in ((home.iam, "v"), (other, "u")):
        assert refused(iam.delete_ssh_public_key, UserName=name, SSHPublicKeyId=key) == no_key(key)
    assert refused(home.iam.delete_ssh_public_key, UserName="w", SSHPublicKeyId=key) == missing("user", "w")


def test_without_a_name_the_callers_own(home: Home) -> None:
    upload(home, ssh(rsa_key()))
    own = home.iam.upload_ssh_public_key(UserName="admin", SSHPublicKeyBody=ssh(rsa_key()))["SSHPublicKey"]
    (found,) = home.iam.list_ssh_public_keys()["SSHPublicKeys"]
    assert (found["SSHPublicKeyId"], found["UserName"]) == (own["SSHPublicKeyId"], "admin")
    assert home.as_(home.account.root).list_ssh_public_keys()["SSHPublicKeys"] == []


def test_users_may_be_let_keep_their_own(home: Home) -> None:
    own = statement("Allow", ["iam:*SSHPublicKey*"], "arn:aws:iam::*:user/${aws:username}")
    ann = home.user("ann", own)
    made = ann.upload_ssh_public_key(UserName="ann", SSHPublicKeyBody=ssh(rsa_key()))["SSHPublicKey"]
    ann.delete_ssh_public_key(UserName="ann", SSHPublicKeyId=made["SSHPublicKeyId"])
    assert refused(ann.upload_ssh_public_key, UserName="u", SSHPublicKeyBody=ssh(rsa_key()))[0] == (
        "AccessDenied"
    )
