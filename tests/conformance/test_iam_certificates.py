"""Signing certificates of users and server certificates of accounts, and how they are checked."""

import datetime
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.access.harness import statement
from tests.conformance.fix_iam import Home, conflict, missing, over
from tests.conformance.test_iam_paging import NAMES, paged
from tests.conformance.test_quotas import set_quota
from tests.fix_x509 import END, START, Issued, issued, named, some
from tests.refusals import denied, refused
from tests.state import dump

UNREADABLE = "Unable to parse certificate. Please ensure the certificate is in PEM format."
PASSED = "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."
TO_COME = "Certificate is not valid yet. The 'Not Before' date restriction on the certificate has not passed."
YEAR_2021 = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)
YEAR_2040 = datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)
DAMAGED = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


def malformed(message: str) -> tuple[str, str, int]:
    return "MalformedCertificate", message, 400


BAD_BODIES = [
    ("no certificate", UNREADABLE),
    (DAMAGED, UNREADABLE),
    ("-----BEGIN CERTIFICATE-----\n" * 500, UNREADABLE),
    (some().certificate.public_bytes(Encoding.PEM).decode() * 2, UNREADABLE),
    (issued("old", end=YEAR_2021).pem, PASSED),
    (issued("new", start=YEAR_2040).pem, TO_COME),
]


class TestSigningCertificates:
    def upload(self, home: Home, found: Issued, **user: str) -> Any:
        made = home.iam.upload_signing_certificate(CertificateBody=found.pem, **user)
        return made["Certificate"]

    def test_a_users_and_the_callers(self, home: Home) -> None:
        home.iam.create_user(UserName="u")
        made = self.upload(home, some(), UserName="U")
        assert (made["UserName"], made["Status"], made["CertificateBody"]) == ("u", "Active", some().pem)
        assert len(made["CertificateId"]) == 32
        assert home.iam.list_signing_certificates(UserName="u")["Certificates"] == [made]
        own = self.upload(home, issued("own"))
        assert home.iam.list_signing_certificates()["Certificates"] == [own]
        assert own["UserName"] == "admin"

    def test_the_root_users(self, home: Home) -> None:
        root = home.as_(home.account.root)
        made = root.upload_signing_certificate(CertificateBody=some().pem)["Certificate"]
        assert root.list_signing_certificates()["Certificates"] == [made]
        summary = home.iam.get_account_summary()["SummaryMap"]
        assert summary["AccountSigningCertificatesPresent"] == 1
        root.delete_signing_certificate(CertificateId=made["CertificateId"])
        summary = home.iam.get_account_summary()["SummaryMap"]
        assert summary["AccountSigningCertificatesPresent"] == 0

    @pytest.mark.parametrize(("body", "message"), BAD_BODIES)
    def test_what_is_not_taken(self, home: Home, body: str, message: str) -> None:
        assert refused(home.iam.upload_signing_certificate, CertificateBody=body) == malformed(message)
        assert home.iam.list_signing_certificates()["Certificates"] == []

    def test_once_in_the_account_and_two_a_user(self, home: Home) -> None:
        home.iam.create_user(UserName="u")
        self.upload(home, some(), UserName="u")
        assert refused(self.upload, home=home, found=some()) == (
            "DuplicateCertificate",
            "The certificate is already associated with an IAM user.",
            409,
        )
        self.upload(home, issued("two"), UserName="u")
        assert refused(self.upload, home=home, found=issued("three"), UserName="u") == over(
            "CertificatesPerUser: 2"
        )
        assert len(paged(home.iam.list_signing_certificates, "Certificates", 1, UserName="u")) == 2

    def test_off_and_gone(self, home: Home) -> None:
        home.iam.create_user(UserName="u")
        named = {"UserName": "u", "CertificateId": self.upload(home, some(), UserName="u")["CertificateId"]}
        home.iam.update_signing_certificate(**named, Status="Inactive")
        (found,) = home.iam.list_signing_certificates(UserName="u")["Certificates"]
        assert found["Status"] == "Inactive"
        assert refused(home.iam.update_signing_certificate, **named, Status="Expired")[0] == "ValidationError"
        assert refused(home.iam.delete_user, UserName="u") == conflict("remove referenced objects")
        not_mine = refused(home.iam.delete_signing_certificate, CertificateId=named["CertificateId"])
        assert not_mine == (
            "NoSuchEntity",
            f"The Certificate with id {named['CertificateId']} cannot be found.",
            404,
        )
        home.iam.delete_signing_certificate(**named)
        home.iam.delete_user(UserName="u")


def arguments(found: Issued, **more: Any) -> dict[str, Any]:
    return {
        "ServerCertificateName": "web",
        "CertificateBody": found.pem,
        "PrivateKey": found.key_pem(),
        **more,
    }


class TestServerCertificates:
    def upload(self, home: Home, **more: Any) -> Any:
        made = home.iam.upload_server_certificate(**arguments(some(), **more))
        return made["ServerCertificateMetadata"]

    def test_a_certificate_and_never_its_key(self, home: Home) -> None:
        tags = [{"Key": "a", "Value": "b"}]
        answer = home.iam.upload_server_certificate(**arguments(some(), Path="/cloudfront/", Tags=tags))
        made = answer["ServerCertificateMetadata"]
        assert answer["Tags"] == tags
        assert made["Arn"] == home.arn("server-certificate/cloudfront/web")
        assert made["ServerCertificateId"].startswith("ASCA")
        assert made["Expiration"] == END
        found = home.iam.get_server_certificate(ServerCertificateName="WEB")["ServerCertificate"]
        assert found == {"ServerCertificateMetadata": made, "CertificateBody": some().pem, "Tags": tags}
        (listed,) = home.iam.list_server_certificates(PathPrefix="/cloudfront/")[
            "ServerCertificateMetadataList"
        ]
        assert listed == made
        with home.world.opened.store.snapshot() as db:
            records = [event.record for event in db.events.page(home.account.id)]
        (said,) = (one for one in records if one["eventName"] == "UploadServerCertificate")
        assert "certificateBody" in said["requestParameters"]
        assert "PRIVATE" not in json.dumps(records)
        home.iam.delete_server_certificate(ServerCertificateName="web")
        assert refused(home.iam.get_server_certificate, ServerCertificateName="web") == (
            "NoSuchEntity",
            "The Server Certificate with name web cannot be found.",
            404,
        )

    def test_names_and_how_many(self, home: Home) -> None:
        self.upload(home)
        assert refused(self.upload, home=home, ServerCertificateName="Web") == (
            "EntityAlreadyExists",
            "The Server Certificate with name Web already exists.",
            409,
        )
        set_quota(home, "server_certificates", 1)
        assert refused(self.upload, home=home, ServerCertificateName="two") == over(
            "ServerCertificatesPerAccount: 1"
        )
        assert home.iam.get_account_summary()["SummaryMap"]["ServerCertificates"] == 1

    def test_pages(self, home: Home) -> None:
        for name in reversed(NAMES):
            self.upload(home, ServerCertificateName=name)
        found = paged(home.iam.list_server_certificates, "ServerCertificateMetadataList", 4)
        assert [one["ServerCertificateName"] for one in found] == NAMES

    def test_a_new_name_and_path(self, home: Home) -> None:
        made = self.upload(home)
        self.upload(home, ServerCertificateName="other")
        new = {"NewServerCertificateName": "app", "NewPath": "/x/"}
        right = statement("Allow", ["iam:UpdateServerCertificate"], home.arn("server-certificate/web"))
        assert refused(
            home.user("u", right).update_server_certificate, ServerCertificateName="web", **new
        ) == denied(
            home.arn("user/u"),
            "iam:UpdateServerCertificate",
            "server certificate app",
            "because no identity-based policy allows the iam:UpdateServerCertificate action",
        )
        home.iam.update_server_certificate(ServerCertificateName="web", **new)
        found = home.iam.get_server_certificate(ServerCertificateName="app")["ServerCertificate"]
        metadata = found["ServerCertificateMetadata"]
        assert metadata["ServerCertificateId"] == made["ServerCertificateId"]
        assert metadata["Path"] == "/x/"
        code = refused(
            home.iam.update_server_certificate,
            ServerCertificateName="app",
            NewServerCertificateName="OTHER",
        )[0]
        assert code == "EntityAlreadyExists"

    @pytest.mark.parametrize(("body", "message"), BAD_BODIES)
    def test_what_is_not_taken(self, home: Home, body: str, message: str) -> None:
        request = {**arguments(some()), "CertificateBody": body}
        code, said, _ = refused(home.iam.upload_server_certificate, **request)
        # A readable one is another's: its key is compared before its dates.
        assert (
            code == "KeyPairMismatch"
            if message in (PASSED, TO_COME)
            else (code, said) == malformed(message)[:2]
        )
        assert home.iam.list_server_certificates()["ServerCertificateMetadataList"] == []

    @pytest.mark.parametrize(
        ("start", "end", "message"), [(START, YEAR_2021, PASSED), (YEAR_2040, END, TO_COME)]
    )
    def test_its_time(
        self, home: Home, start: datetime.datetime, end: datetime.datetime, message: str
    ) -> None:
        request = arguments(issued("x", start=start, end=end))
        assert refused(home.iam.upload_server_certificate, **request) == malformed(message)

    @pytest.mark.parametrize(
        ("key", "answer"),
        [
            (
                "no key",
                malformed(
                    "Unable to parse private key. Please ensure it is in PEM format and not encrypted."
                ),
            ),
            (
                some().encrypted_key,
                malformed(
                    "Unable to parse private key. Please ensure it is in PEM format and not encrypted."
                ),
            ),
            (
                issued("another").key_pem(),
                (
                    "KeyPairMismatch",
                    "The public key of the certificate and the private key do not match.",
                    400,
                ),
            ),
        ],
    )
    def test_its_key(self, home: Home, key: str, answer: tuple[str, str, int]) -> None:
        assert refused(self.upload, home=home, PrivateKey=key) == answer

    @pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
    @pytest.mark.parametrize("kind", ["RSA", "EC"])
    def test_forms_of_keys(self, home: Home, kind: str, form: PrivateFormat) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048) if kind == "RSA" else None
        found = issued("x", key=key)
        text = f"the key:\n{found.key_pem(form=form)}"
        home.iam.upload_server_certificate(**arguments(found, PrivateKey=text))

    @pytest.mark.parametrize(
        "key",
        [
            dsa.generate_private_key(2048),
            ed25519.Ed25519PrivateKey.generate(),
        ],
    )
    def test_keys_of_other_kinds_are_not_even_read(self, home: Home, key: Any) -> None:
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        assert refused(self.upload, home=home, PrivateKey=text) == malformed(
            "Unable to parse private key. Please ensure it is in PEM format and not encrypted."
        )

    def chain(self) -> tuple[Issued, Issued, Issued]:
        root = issued("root")
        middle = issued("middle", root)
        return issued("leaf", middle), middle, root

    def test_a_chain_in_order(self, home: Home) -> None:
        leaf, middle, root = self.chain()
        text = f"the issuer:\n{middle.pem}\nits issuer:\n{root.pem}"
        home.iam.upload_server_certificate(**arguments(leaf, CertificateChain=text))
        found = home.iam.get_server_certificate(ServerCertificateName="web")["ServerCertificate"]
        assert found["CertificateChain"] == text

    @pytest.mark.parametrize(("order", "index"), [("rm", -1), ("mx", 0), ("x", -1), ("mrx", 1)])
    def test_a_chain_out_of_order(self, home: Home, order: str, index: int) -> None:
        leaf, middle, root = self.chain()
        known = {"m": middle.pem, "r": root.pem, "x": issued("stranger").pem}
        request = arguments(leaf, CertificateChain="".join(known[one] for one in order))
        assert refused(home.iam.upload_server_certificate, **request) == malformed(
            "Unable to validate certificate chain. The certificate chain must start with the immediate "
            "signing certificate, followed by any intermediaries in order. The index within the chain of "
            f"the invalid certificate is: {index}"
        )

    @pytest.mark.parametrize(
        ("chain", "message"),
        [
            ("nothing", "Unable to parse certificate chain. Please ensure it is in PEM format."),
            (some().pem * 11, "The certificate chain is longer than 10 certificates."),
            (DAMAGED, UNREADABLE),
        ],
    )
    def test_chains_that_are_none(self, home: Home, chain: str, message: str) -> None:
        request = arguments(some(), CertificateChain=chain)
        assert refused(home.iam.upload_server_certificate, **request) == malformed(message)

    def test_tags(self, home: Home) -> None:
        self.upload(home)
        named = {"ServerCertificateName": "web"}
        home.iam.tag_server_certificate(**named, Tags=[{"Key": "A", "Value": "1"}])
        assert home.iam.list_server_certificate_tags(**named)["Tags"] == [{"Key": "A", "Value": "1"}]
        home.iam.untag_server_certificate(**named, TagKeys=["a"])
        assert home.iam.list_server_certificate_tags(**named)["Tags"] == []


class TestPrivateKeysThatAreSentByMistake:
    """They are neither kept nor recorded, whether the call is refused or not."""

    MISTAKE = malformed("A certificate is uploaded without its private key.")

    def records(self, home: Home) -> str:
        store = home.world.opened.store
        store.write(lambda db: None).result()  # what refused calls left comes with the next commit
        with store.snapshot() as db:
            return json.dumps([event.record for event in db.events.page(home.account.id)])

    def test_with_a_certificate(self, home: Home) -> None:
        both = some().pem + some().key_pem()
        assert refused(home.iam.upload_signing_certificate, CertificateBody=both) == self.MISTAKE
        for more in ({"CertificateBody": both}, {"CertificateChain": both}):
            request = arguments(some(), **more)
            assert refused(home.iam.upload_server_certificate, **request) == self.MISTAKE
        assert "PRIVATE" not in self.records(home)
        assert "PRIVATE" not in str(dump(home.world))

    def test_in_the_place_of_a_public_key(self, home: Home) -> None:
        upload = home.iam.upload_ssh_public_key
        code = refused(upload, UserName="admin", SSHPublicKeyBody=some().key_pem())[0]
        assert code == "InvalidPublicKey"
        records = self.records(home)
        assert "HIDDEN_DUE_TO_SECURITY_REASONS" in records
        assert "PRIVATE" not in records


@pytest.mark.parametrize("key", [ed25519.Ed25519PrivateKey.generate(), dsa.generate_private_key(2048)])
def test_certificates_of_other_kinds_of_keys(home: Home, key: Any) -> None:
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named("x"))
        .issuer_name(named("x"))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(END)
        .sign(key, digest)
    )
    body = certificate.public_bytes(Encoding.PEM).decode()
    assert refused(home.iam.upload_signing_certificate, CertificateBody=body) == malformed(UNREADABLE)


def test_a_user_that_there_is_not(home: Home) -> None:
    for call in (home.iam.list_signing_certificates, home.iam.list_service_specific_credentials):
        assert refused(call, UserName="nobody") == missing("user", "nobody")
