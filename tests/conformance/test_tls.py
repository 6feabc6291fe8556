"""TLS: what is agreed on, what a policy sees of it, and what happens to those who do not speak it."""

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.http_edge import edge, reply_on, rest_of, wait_until
from tests.fix_tls import TestCertificate, make_certificate
from tests.fix_world import Clock, TestAccount, World, running
from tests.refusals import refused

from deputize.gateway.bodies import INLINE_LIMIT
from deputize.http.outgoing import PIECE
from deputize.http.tls import Certificate, TlsRefused
from deputize.protocol.message import Answer, Body, FileSlice, Head

GET = b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def files(tmp_path: Path) -> TestCertificate:
    return make_certificate(tmp_path / "tls")


@pytest.fixture(scope="module")
def tls_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tls")
    with running(folder / "data", Clock(), tls=make_certificate(folder / "certificate")) as made:
        yield made
        for client in made._clients.values():
            client.close()


@pytest.fixture(scope="module")
def account(tls_world: World) -> TestAccount:
    return tls_world.account("Secure")


def speak(port: int, files: TestCertificate, **options: Any) -> ssl.SSLSocket:
    """A connection that trusts the certificate. `options` are attributes of the client's context."""
    context = ssl.create_default_context(cafile=files.authority)
    for name, value in options.items():
        setattr(context, name, value)
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    try:
        return context.wrap_socket(plain, server_hostname="localhost")
    except BaseException:
        plain.close()
        raise


def only(keys: dict[str, Any], effect: str = "Allow") -> dict[str, Any]:
    """A policy with all of S3 under a condition."""
    statement = {"Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": keys}
    return {"Version": "2012-10-17", "Statement": [statement]}


class TestWhatIsSpoken:
    @pytest.mark.parametrize(
        ("version", "named"), [(ssl.TLSVersion.TLSv1_2, "1.2"), (ssl.TLSVersion.TLSv1_3, "1.3")]
    )
    def test_requests_say_how_they_came(
        self, files: TestCertificate, version: ssl.TLSVersion, named: str
    ) -> None:
        with edge(tls=files.certificate.context) as server:
            with speak(server.server.port, files, maximum_version=version) as connection:
                connection.sendall(GET + GET)
                assert [reply_on(connection).status, reply_on(connection).status] == [200, 200]
            assert [(head.secure, head.tls) for head in server.heads] == [(True, named)] * 2

    def test_without_tls_they_say_so(self) -> None:
        with edge() as server:
            with server.open() as connection:
                connection.sendall(GET)
                reply_on(connection)
            assert [(head.secure, head.tls) for head in server.heads] == [(False, None)]

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
    def test_older_versions_are_refused(self, files: TestCertificate) -> None:
        older = {"minimum_version": ssl.TLSVersion.TLSv1_1, "maximum_version": ssl.TLSVersion.TLSv1_1}
        with edge(tls=files.certificate.context) as server:
            with pytest.raises(ssl.SSLError):
                speak(server.server.port, files, **older)
            with speak(server.server.port, files) as connection:
                connection.sendall(GET)
                assert reply_on(connection).status == 200
            assert len(server.heads) == 1

    def test_plain_http_is_closed_and_reaches_nobody(self, files: TestCertificate) -> None:
        with edge(tls=files.certificate.context) as server:
            with server.open() as connection:
                connection.sendall(GET)
                assert b"HTTP/" not in rest_of(connection)
            assert server.heads == []

    def test_a_handshake_that_never_ends_is_closed_and_counts_as_a_connection(
        self, files: TestCertificate
    ) -> None:
        with edge(tls=files.certificate.context, head_time=0.3, connections=2) as server:
            silent = [server.open(), server.open()]
            serving = server.server._serving
            wait_until(lambda: len(serving.handshakes) == 2)
            with speak(server.server.port, files) as third:
                assert reply_on(third).status == 503
            for connection in silent:
                assert rest_of(connection) == b""
                connection.close()
            wait_until(lambda: len(serving.handshakes) == 0)
            with speak(server.server.port, files) as agreed:
                agreed.sendall(GET)
                assert reply_on(agreed).status == 200


class TestBodies:
    @pytest.mark.parametrize("size", [0, 1, INLINE_LIMIT + 1, PIECE, 3 * PIECE + 7])
    def test_they_come_back_whole(self, tls_world: World, account: TestAccount, size: int) -> None:
        s3 = tls_world.client("s3", account.admin)
        bucket, content = f"whole-{size}", bytes(number % 251 for number in range(size))
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=content)
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == content
        if size > PIECE:
            part = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes=5-{PIECE + 9}")["Body"].read()
            assert part == content[5 : PIECE + 10]

    def test_a_checksum_that_comes_as_a_trailer_lets_an_object_be_locked(
        self, tls_world: World, account: TestAccount
    ) -> None:
        """By TLS, clients send an upload's checksum after its body."""
        s3 = tls_world.client("s3", account.admin)
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
        s3.put_object(Bucket="locked", Key="k", Body=b"x", ObjectLockLegalHoldStatus="ON")
        assert s3.get_object_legal_hold(Bucket="locked", Key="k")["LegalHold"]["Status"] == "ON"

    def test_a_file_that_is_too_short_is_cut_off(self, files: TestCertificate, tmp_path: Path) -> None:
        (tmp_path / "short").write_bytes(b"x" * (PIECE + 1))

        async def short(head: Head, body: Body) -> Answer:
            return Answer(200, (), FileSlice((tmp_path / "short").open("rb"), 0, 2 * PIECE))

        with edge(short, tls=files.certificate.context) as server, speak(server.server.port, files) as sent:
            sent.sendall(GET)
            with pytest.raises((AssertionError, OSError)):
                reply_on(sent)

    def test_the_rest_of_a_refused_upload_does_not_hide_the_answer(self, files: TestCertificate) -> None:
        async def refuse(head: Head, body: Body) -> Answer:
            return Answer(403, (), b"no")

        with edge(refuse, tls=files.certificate.context, linger_time=0.2) as server:
            with speak(server.server.port, files) as connection:
                connection.sendall(
                    b"PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50_000
                )
                reply = reply_on(connection)
            assert (reply.status, reply.headers["connection"], reply.body) == (403, "close", b"no")


class TestPolicies:
    @pytest.mark.parametrize(
        ("condition", "allowed"),
        [
            ({"Bool": {"aws:SecureTransport": "true"}}, True),
            ({"Bool": {"aws:SecureTransport": "false"}}, False),
            ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, True),
            ({"NumericEquals": {"s3:TlsVersion": "1.3"}}, True),
            ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, False),
            ({"Null": {"s3:TlsVersion": "true"}}, False),
        ],
    )
    def test_what_they_see(
        self, tls_world: World, account: TestAccount, condition: dict[str, Any], allowed: bool
    ) -> None:
        name = f"u{abs(hash(json.dumps(condition)))}"
        keys = tls_world.user(account, name, only(condition))
        s3 = tls_world.client("s3", keys)
        if allowed:
            s3.list_buckets()
        else:
            assert refused(s3.list_buckets)[0] == "AccessDenied"

    @pytest.mark.parametrize(
        ("condition", "allowed"),
        [
            ({"Bool": {"aws:SecureTransport": "true"}}, False),
            ({"Bool": {"aws:SecureTransport": "false"}}, True),
            ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, False),
            ({"Null": {"s3:TlsVersion": "true"}}, True),
        ],
    )
    def test_what_they_see_without_tls(
        self, shared_world: World, condition: dict[str, Any], allowed: bool
    ) -> None:
        name = f"u{abs(hash(json.dumps(condition)))}"
        account = shared_world.account(name[:20])
        s3 = shared_world.client("s3", shared_world.user(account, name, only(condition)))
        if allowed:
            s3.list_buckets()
        else:
            assert refused(s3.list_buckets)[0] == "AccessDenied"


class TestStopping:
    def test_clients_that_stay_silent_do_not_hold_it_up(self, files: TestCertificate) -> None:
        """A client that reads nothing does not answer the end of TLS: it gets as long as any that lingers."""
        with edge(tls=files.certificate.context, linger_time=0.2) as server:
            idle = [speak(server.server.port, files) for _ in range(3)]
            for connection in idle[:2]:  # the third has not asked anything
                connection.sendall(GET)
                assert reply_on(connection).status == 200
            server.run(server.server.drain(60.0)).result(10)
            for connection in idle:
                assert connection.recv(1) == b""
                connection.close()


class TestFiles:
    def test_new_ones_serve_new_connections_and_the_old_go_on(self, files: TestCertificate) -> None:
        certificate = files.certificate
        with edge(tls=certificate.context) as server:
            with speak(server.server.port, files) as old:
                old.sendall(GET)
                reply_on(old)
                first = old.getpeercert(binary_form=True)
                make_certificate(files.chain.parent, common_name="renewed")
                certificate.reload()
                old.sendall(GET)
                assert reply_on(old).status == 200
            with speak(server.server.port, files) as new:
                assert new.getpeercert(binary_form=True) != first

    def test_bad_ones_are_refused_and_the_old_stay(self, files: TestCertificate, tmp_path: Path) -> None:
        certificate = files.certificate
        other = make_certificate(tmp_path / "other")
        kept = files.key.read_bytes()
        with edge(tls=certificate.context) as server:
            files.key.write_bytes(other.key.read_bytes())
            with pytest.raises(TlsRefused, match="are no certificate and its key"):
                certificate.reload()
            files.key.unlink()
            with pytest.raises(TlsRefused, match="cannot read"):
                certificate.reload()
            with speak(server.server.port, files) as connection:
                connection.sendall(GET)
                assert reply_on(connection).status == 200
        files.key.write_bytes(kept)

    @pytest.mark.parametrize(
        ("mode", "taken"), [(0o600, True), (0o640, True), (0o644, False), (0o660, False)]
    )
    def test_keys_are_closed_to_others(self, files: TestCertificate, mode: int, taken: bool) -> None:
        files.key.chmod(mode)
        if taken:
            Certificate(files.chain, files.key)
        else:
            with pytest.raises(TlsRefused, match="is open to other users") as caught:
                Certificate(files.chain, files.key)
            assert caught.value.hint == f"chmod 600 {files.key}"
