"""Claims and signatures: what botocore signs is taken, and whatever differs from it by anything is not."""

import dataclasses
import hashlib
import itertools

import pytest
from tests.unit.protocol.signing import (
    HOST,
    KEY,
    NOW_SECONDS,
    SECRET,
    TOKEN,
    check,
    claimed,
    head,
    signed,
)

from deputize.errors import ApiError
from deputize.protocol import sigv4, sigv4_verify
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.sigv4_checks import check_signed_headers

BOTH = pytest.mark.parametrize("expires", [None, 600], ids=["header", "presigned"])
SERVICES = pytest.mark.parametrize("service", ["s3", "iam", "sts"])


def refused(request: Head, service: str = "s3") -> Problem:
    """What is wrong with `request`, whose signature is checked if its form is right."""
    with pytest.raises(AuthProblem) as caught:
        check(request, service)
    return caught.value.problem


def changed(request: Head, name: str, value: str | None) -> Head:
    """With header `name` set to `value`, or taken away."""
    kept = [pair for pair in request.headers if pair[0] != name]
    return dataclasses.replace(request, headers=(*kept, *([] if value is None else [(name, value)])))


def with_query(request: Head, old: str, new: str) -> Head:
    assert old in request.query
    return dataclasses.replace(request, query=request.query.replace(old, new))


def with_authorization(request: Head, old: str, new: str) -> Head:
    value = request.get("authorization") or ""
    assert old in value
    return changed(request, "authorization", value.replace(old, new))


class TestTaken:
    @SERVICES
    @BOTH
    @pytest.mark.parametrize("token", [None, TOKEN])
    def test_a_claim_says_what_was_signed(self, service: str, expires: int | None, token: str | None) -> None:
        claim = check(signed(service, expires=expires, token=token, region="eu-west-3"), service)
        assert claim.access_key_id == KEY
        assert (claim.date, claim.region, claim.service) == ("20150830", "eu-west-3", service)
        assert claim.session_token == token
        assert claim.presigned is (expires is not None)
        assert claim.expires == expires
        assert claim.signed_at == NOW_SECONDS
        assert "host" in claim.signed_headers

    def test_the_payload_of_s3(self) -> None:
        in_header = check(signed(method="PUT", body=b"hello"))
        assert in_header.payload_sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        presigned = check(signed(method="PUT", body=b"", expires=60))
        assert (presigned.payload, presigned.payload_sha256) == ("UNSIGNED-PAYLOAD", None)

    def test_the_body_of_a_query_service(self) -> None:
        request = signed("iam", "POST", body=b"Action=ListUsers")
        assert claimed(request, "iam").payload is None
        check(request, "iam", body_hash=hashlib.sha256(b"Action=ListUsers").hexdigest())
        with pytest.raises(AuthProblem):
            check(request, "iam", body_hash=hashlib.sha256(b"Action=ListRoles").hexdigest())

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/bucket/a%20b",
            "/bucket//double///",
            "/bucket/./a/../b",
            "/bucket/%252e",
            "/bucket/a%2Bb%3D%40%3A",
            "/bucket/%E2%82%AC",
            "/bucket/~tilde-._",
            "/bucket/%00%FF%5C",
        ],
    )
    @BOTH
    def test_paths_of_s3(self, path: str, expires: int | None) -> None:
        """Signed as they are sent, if each byte is written in SigV4's way."""
        check(signed(target=path, expires=expires))

    @pytest.mark.parametrize(
        ("path", "canonical"),
        [
            ("", "/"),
            ("/b/a=b@c:d", "/b/a%3Db%40c%3Ad"),
            ("/b/%e2%82%ac", "/b/%E2%82%AC"),
            ("/b/\u00e2\u0082\u00ac", "/b/%E2%82%AC"),
            ("/b/%7Ea%2Fb", "/b/~a/b"),
            ("/b/%2e%2e%2f", "/b/../"),
            ("/b/a+b", "/b/a%2Bb"),
            ("/b/%", "/b/%25"),
        ],
    )
    def test_other_ways_to_write_a_path_of_s3(self, path: str, canonical: str) -> None:
        request = dataclasses.replace(signed(), path=path)
        assert sigv4_verify.canonical_request(claimed(request), request, "x").split("\n")[1] == canonical

    @pytest.mark.parametrize("target", ["/a//b/", "/./a/../b", "/..", "/a%20b", "/%2e%2e/", "/a/b/.."])
    @BOTH
    def test_paths_of_others(self, target: str, expires: int | None) -> None:
        check(signed("iam", target=target, expires=expires), "iam")

    @pytest.mark.parametrize(
        "query",
        [
            "b=2&a=1",
            "a=2&a=1&a=",
            "acl",
            "acl=",
            "a=%20&b=%2B&c=%2F&d=%3D",
            "prefix=%E2%82%AC",
            "A=1&a=2&a-b=3&a.b=4",
            "x-id=GetObject&marker=a%26b",
        ],
    )
    @SERVICES
    def test_queries(self, query: str, service: str) -> None:
        check(signed(service, target="/?" + query), service)

    def test_the_order_of_parameters_does_not_matter(self) -> None:
        request = signed(target="/?b=2&a=1&c")
        check(dataclasses.replace(request, query="c=&a=1&b=2"))

    def test_header_values(self) -> None:
        headers = [
            ("x-amz-meta-blanks", "  a   b  "),
            ("x-amz-meta-tab", "a\tb"),
            ("x-amz-meta-empty", ""),
            ("x-amz-meta-twice", "2"),
            ("x-amz-meta-twice", "1"),
            ("x-amz-meta-utf8", "voil\u00e0"),
        ]
        request = signed(method="PUT", headers=headers)
        check(request)
        check(
            dataclasses.replace(request, headers=tuple(reversed(request.headers[:3])) + request.headers[3:])
        )

    def test_the_date_header(self) -> None:
        request = signed(headers=[("Date", "to be replaced")])
        assert request.get("x-amz-date") is None
        assert check(request).signed_at == NOW_SECONDS
        gmt = changed(request, "date", "Sun, 30 Aug 2015 12:36:00 GMT")
        assert claimed(gmt).signed_at == NOW_SECONDS
        iso = changed(request, "date", "20150830T123600Z")
        assert claimed(iso).signed_at == NOW_SECONDS

    def test_components_in_any_order_and_spacing(self) -> None:
        request = signed()
        algorithm, _, rest = (request.get("authorization") or "").partition(" ")
        credential, names, signature = rest.split(", ")
        for text in (
            f"{algorithm} {signature}, {names}, {credential}",
            f"{algorithm}   {credential},{names} ,  {signature}",
        ):
            check(changed(request, "authorization", text))

    def test_a_payload_hash_named_in_the_query(self) -> None:
        request = signed(target="/b/k?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", expires=60)
        assert check(request).payload_sha256 is None

    def test_unsigned(self) -> None:
        assert sigv4.claim(head(headers=[("host", HOST)]), "s3") is None
        assert (
            sigv4.claim(head(target="/b/k?versionId=1&X-Amz-Date=x", headers=[("host", HOST)]), "s3") is None
        )


class TestTampered:
    @SERVICES
    @BOTH
    def test_each_part(self, service: str, expires: int | None) -> None:
        request = signed(service, target="/b/key?list-type=2&empty=", expires=expires)
        check(request, service)
        tampered = [
            dataclasses.replace(request, method="PUT"),
            dataclasses.replace(request, path="/b/kex"),
            dataclasses.replace(request, path="/b/key/"),
            dataclasses.replace(request, query=request.query + "&x=1"),
            dataclasses.replace(request, query=request.query + "&empty="),
            with_query(request, "list-type=2", "list-type=1"),
            with_query(request, "&empty=", ""),
            changed(request, "host", "other.example"),
            changed(request, "host", HOST.upper() + "0"),
            dataclasses.replace(request, headers=(*request.headers, ("host", "second"))),
        ]
        assert [refused(one, service) for one in tampered] == [Problem.BAD_SIGNATURE] * len(tampered)

    @SERVICES
    def test_each_character_of_the_signature(self, service: str) -> None:
        request = signed(service)
        signature = claimed(request, service).signature
        for at in range(len(signature)):
            other = "0" if signature[at] != "0" else "1"
            one = with_authorization(request, signature, signature[:at] + other + signature[at + 1 :])
            assert refused(one, service) is Problem.BAD_SIGNATURE

    @pytest.mark.parametrize("signature", ["", "0", "\u00e9" * 64])
    def test_signatures_that_are_none(self, signature: str) -> None:
        request = signed()
        mine = claimed(request).signature
        assert refused(with_authorization(request, mine, signature)) is Problem.BAD_SIGNATURE
        assert refused(with_authorization(request, mine, mine.upper())) is Problem.BAD_SIGNATURE
        presigned = signed(expires=60)
        mine = claimed(presigned).signature
        assert refused(with_query(presigned, mine, signature)) is Problem.BAD_SIGNATURE

    def test_another_secret_or_none(self) -> None:
        for secret in ("", SECRET.lower(), SECRET + "x"):
            with pytest.raises(AuthProblem):
                check(signed(), secret=secret)

    def test_the_scope(self) -> None:
        for old, new in (("/us-east-1/", "/us-west-2/"), ("/s3/", "/iam/")):
            assert refused(with_authorization(signed(), old, new)) is Problem.BAD_SIGNATURE

    def test_the_moment(self) -> None:
        assert refused(changed(signed(), "x-amz-date", "20150830T123601Z")) is Problem.BAD_SIGNATURE
        presigned = with_query(signed(expires=60), "X-Amz-Expires=60", "X-Amz-Expires=61")
        assert refused(presigned) is Problem.BAD_SIGNATURE

    def test_signed_headers(self) -> None:
        request = signed(headers=[("x-amz-acl", "private"), ("content-type", "text/plain")])
        for one in (
            changed(request, "x-amz-acl", "public-read"),
            changed(request, "x-amz-acl", None),
            changed(request, "content-type", "text/html"),
            dataclasses.replace(request, headers=(*request.headers, ("x-amz-acl", "public-read"))),
            with_authorization(request, "content-type;", ""),
            with_authorization(request, ";x-amz-acl", ""),
        ):
            assert refused(one) is Problem.BAD_SIGNATURE

    def test_values_of_a_repeated_header_keep_their_order(self) -> None:
        request = signed(headers=[("x-amz-meta-a", "1"), ("x-amz-meta-a", "2")])
        values = [pair for pair in request.headers if pair[0] == "x-amz-meta-a"]
        others = [pair for pair in request.headers if pair[0] != "x-amz-meta-a"]
        assert refused(dataclasses.replace(request, headers=(*others, *reversed(values)))) is (
            Problem.BAD_SIGNATURE
        )

    @pytest.mark.parametrize("expires", [None, 60])
    def test_the_payload_hash(self, expires: int | None) -> None:
        """It need not be signed as a header, and is signed all the same."""
        for value in ("0" * 64, "UNSIGNED-PAYLOAD" if expires is None else "1" * 64):
            request = changed(signed(method="PUT", expires=expires), "x-amz-content-sha256", value)
            assert refused(request) is Problem.BAD_SIGNATURE

    def test_the_payload_hash_in_the_query(self) -> None:
        request = signed(target="/b/k?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD", expires=60)
        assert refused(with_query(request, "UNSIGNED-PAYLOAD", "0" * 64)) is Problem.BAD_SIGNATURE

    def test_escapes_written_otherwise_are_the_same_key(self) -> None:
        """Both spellings address one key, so one signature is right for both; another key's is not."""
        request = signed(target="/b/a%2Fb~c")
        assert refused(dataclasses.replace(request, path="/b/a%252Fb~c")) is Problem.BAD_SIGNATURE
        check(dataclasses.replace(signed(target="/b/a/b~c"), path="/b/a%2fb%7Ec"))

    @pytest.mark.parametrize("path", ["/b/x/../a", "/b//a", "/b/./a", "//b/a", "/b/a/."])
    def test_s3_resolves_no_paths(self, path: str) -> None:
        assert refused(dataclasses.replace(signed(target="/b/a"), path=path)) is Problem.BAD_SIGNATURE

    def test_a_second_auth_parameter_has_no_effect(self) -> None:
        request = signed(expires=60)
        claim = check(dataclasses.replace(request, query=request.query + "&X-Amz-Signature=0"))
        assert claim.signature != "0"
        for name in ("X-Amz-Credential", "X-Amz-Expires", "X-Amz-Date", "X-Amz-Security-Token"):
            more = dataclasses.replace(request, query=f"{request.query}&{name}=1")
            assert refused(more) is Problem.BAD_SIGNATURE
        first = dataclasses.replace(request, query=f"X-Amz-Signature=0&{request.query}")
        assert refused(first) is Problem.BAD_SIGNATURE

    def test_what_is_told_of_it(self) -> None:
        request = signed(target="/b/k?a=1")
        with pytest.raises(AuthProblem) as caught:
            check(changed(request, "x-amz-date", "20150830T123601Z"))
        detail = caught.value.detail
        assert detail["AWSAccessKeyId"] == KEY
        assert detail["SignatureProvided"] == claimed(request).signature
        assert detail["StringToSign"].startswith("AWS4-HMAC-SHA256\n20150830T123601Z\n20150830/us-east-1/s3/")
        assert detail["CanonicalRequest"].startswith(f"GET\n/b/k\na=1\nhost:{HOST}\n")
        assert SECRET not in repr(detail) + repr(caught.value)


class TestForms:
    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            " ",
            "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
            "Bearer abc",
            "Basic dGVzdDp0ZXN0",
            "AWS4-ECDSA-P256-SHA256 Credential=A/20150830/s3/aws4_request, SignedHeaders=host, Signature=0",
            "AWS4-HMAC-SHA1 Credential=x",
            "aws4-hmac-sha256 Credential=x",
            "AWS4-HMAC-SHA256Credential=x",
        ],
    )
    @SERVICES
    def test_unknown_forms_are_not_anonymous(self, authorization: str, service: str) -> None:
        request = head(headers=[("host", HOST), ("authorization", authorization)])
        assert refused(request, service) is Problem.UNSUPPORTED

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("AWSAccessKeyId=A&Expires=1&Signature=s", Problem.UNSUPPORTED),
            ("Signature=s", Problem.UNSUPPORTED),
            ("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Signature=s", Problem.UNSUPPORTED),
            ("X-Amz-Algorithm=", Problem.UNSUPPORTED),
            ("X-Amz-Algorithm=AWS4-HMAC-SHA256", Problem.MALFORMED),
            ("X-Amz-Credential=a", Problem.MALFORMED),
            ("X-Amz-Signature=a", Problem.MALFORMED),
            ("x-amz-signature=a", Problem.MALFORMED),
            ("X-Amz-Signature", Problem.MALFORMED),
        ],
    )
    @SERVICES
    def test_unknown_forms_in_the_query(self, query: str, problem: Problem, service: str) -> None:
        assert refused(head(target="/?" + query, headers=[("host", HOST)]), service) is problem

    @SERVICES
    def test_two_forms_at_once(self, service: str) -> None:
        request = signed(service)
        twice = ("authorization", request.get("authorization") or "")
        presigned = signed(service, expires=60)
        for one in (
            dataclasses.replace(request, headers=(*request.headers, twice)),
            dataclasses.replace(request, headers=(*request.headers, ("authorization", ""))),
            dataclasses.replace(presigned, headers=request.headers),
            dataclasses.replace(request, query="X-Amz-Signature=0"),
            dataclasses.replace(request, query="Signature=0"),
            dataclasses.replace(presigned, headers=(*presigned.headers, ("authorization", "Bearer x"))),
        ):
            assert refused(one, service) is Problem.TWO_FORMS

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("Credential=", "Credentia=", Problem.MALFORMED),
            ("Credential=", "Signature=0, Credential=", Problem.MALFORMED),
            (", SignedHeaders", " SignedHeaders", Problem.MALFORMED),
            ("SignedHeaders=", "signedheaders=", Problem.MALFORMED),
            ("aws4_request", "aws4", Problem.MALFORMED),
            ("/us-east-1/", "//", Problem.MALFORMED),
            ("/us-east-1", "", Problem.MALFORMED),
            (KEY, "", Problem.MALFORMED),
            ("20150830", "20150831", Problem.WRONG_DATE),
            ("20150830", "2015083", Problem.WRONG_DATE),
            ("host;", "host;host;", Problem.MALFORMED),
            ("host;x-amz-content-sha256", "x-amz-content-sha256;host", Problem.MALFORMED),
            ("host;", "Host;", Problem.MALFORMED),
            ("host;", ";host;", Problem.MALFORMED),
            ("host;", "ho:st;", Problem.MALFORMED),
        ],
    )
    @SERVICES
    def test_malformed_headers(self, old: str, new: str, problem: Problem, service: str) -> None:
        headers = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
        assert refused(with_authorization(signed(service, headers=headers), old, new), service) is problem

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("Amz-Expires=60", "Amz-Expires=-1"),
            ("Amz-Expires=60", "Amz-Expires=604801"),
            ("Amz-Expires=60", "Amz-Expires=1e9"),
            ("Amz-Expires=60", "Amz-Expires="),
            ("Amz-Expires=60", "Amz-Expires=%2B60"),
            ("Amz-Expires=60", "Amz-Expires=%D9%A3"),
            ("Amz-Expires=60", "Amz-Expires=" + "9" * 5000),
            ("Date=20150830T123600Z", "Date=20150830"),
            ("Date=20150830T123600Z", "Date=20150830T123660Z"),
            ("SignedHeaders=host", "SignedHeaders=host%0Ax"),
            ("SignedHeaders=host", "SignedHeaders="),
            ("%2Faws4_request", ""),
        ],
    )
    @SERVICES
    def test_malformed_queries(self, old: str, new: str, service: str) -> None:
        assert refused(with_query(signed(service, expires=60), old, new), service) is Problem.MALFORMED

    @pytest.mark.parametrize(
        "name", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"]
    )
    def test_missing_parameters(self, name: str) -> None:
        request = signed(expires=60)
        kept = [part for part in request.query.split("&") if not part.startswith(f"X-Amz-{name}=")]
        assert len(kept) == 5
        assert refused(dataclasses.replace(request, query="&".join(kept))) is Problem.MALFORMED

    def test_only_s3_demands_an_expiry(self) -> None:
        request = signed("sts", expires=60)
        without = with_query(request, "X-Amz-Expires=60&", "")
        assert claimed(without, "sts").expires == 900
        assert refused(without, "sts") is Problem.BAD_SIGNATURE

    @pytest.mark.parametrize(
        "moment", ["", "20150830", "20150830T123600", "2015-08-30T12:36:00Z", "x" * 9000]
    )
    def test_dates_that_are_none(self, moment: str) -> None:
        for name in ("x-amz-date", "date"):
            request = changed(changed(signed(), "x-amz-date", None), name, moment)
            assert refused(request) is Problem.NO_DATE
            request = changed(changed(signed("iam"), "x-amz-date", None), name, moment)
            assert refused(request, "iam") is Problem.MALFORMED
        assert refused(changed(signed(), "x-amz-date", "20151330T123600Z")) is Problem.WRONG_DATE


class TestPayloads:
    @pytest.mark.parametrize(
        ("form", "how"),
        [
            *itertools.product(
                ("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-ANYTHING"),
                ("header", "presigned", "query", "anonymous"),
            ),
            *itertools.product(
                ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
                ("presigned", "query", "anonymous"),
            ),
            ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "query"),
        ],
    )
    def test_streams_are_refused_that_nothing_signs(self, form: str, how: str) -> None:
        stream = ("x-amz-content-sha256", form)
        request = {
            "header": lambda: changed(signed(method="PUT"), *stream),
            "presigned": lambda: changed(signed(method="PUT", expires=60), *stream),
            "query": lambda: signed(method="PUT", target=f"/b/k?X-Amz-Content-Sha256={form}", expires=60),
            "anonymous": lambda: head("PUT", "/b/k", [("host", HOST), stream]),
        }[how]()
        with pytest.raises(ApiError) as caught:
            sigv4.claim(request, "s3")
        assert (caught.value.code, caught.value.status) == ("NotImplemented", 501)

    @pytest.mark.parametrize(
        "header",
        [
            ("content-encoding", "aws-chunked"),
            ("content-encoding", "gzip, AWS-Chunked"),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ],
    )
    def test_framed_bodies_are_refused_without_their_payload_form_too(self, header: tuple[str, str]) -> None:
        for request in (
            head("PUT", "/b/k", [("host", HOST), header]),
            signed(method="PUT", headers=[header]),
            changed(signed(method="PUT", expires=60), *header),
        ):
            with pytest.raises(ApiError) as caught:
                sigv4.claim(request, "s3")
            assert caught.value.status == 501

    @pytest.mark.parametrize(
        "stated", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "UNSIGNED", "unsigned-payload"]
    )
    def test_payloads_that_are_none(self, stated: str) -> None:
        with pytest.raises(ApiError) as caught:
            sigv4.claim(changed(signed(), "x-amz-content-sha256", stated), "s3")
        assert (caught.value.code, caught.value.status) == ("InvalidArgument", 400)
        assert caught.value.detail["ArgumentValue"] == stated

    def test_s3_needs_one_in_the_header_form(self) -> None:
        with pytest.raises(ApiError) as caught:
            sigv4.claim(changed(signed(), "x-amz-content-sha256", None), "s3")
        assert (caught.value.code, caught.value.status) == ("InvalidRequest", 400)


class TestSignedHeaders:
    @pytest.mark.parametrize("expires", [None, 60])
    def test_every_amz_header_must_be_signed(self, expires: int | None) -> None:
        request = signed(headers=[("x-amz-meta-a", "1"), ("content-type", "text/plain")], expires=expires)
        claim = check(request)
        check_signed_headers(claim, request, "s3")
        more = (("x-amz-acl", "public-read"), ("x-amz-meta-b", "2"), ("cache-control", "no-store"))
        with pytest.raises(AuthProblem) as caught:
            check_signed_headers(claim, dataclasses.replace(request, headers=(*request.headers, *more)), "s3")
        assert caught.value.problem is Problem.HEADERS_NOT_SIGNED
        assert caught.value.detail["HeadersNotSigned"] == "x-amz-acl, x-amz-meta-b"

    def test_but_the_payload_hash_need_not(self) -> None:
        request = changed(signed(expires=60), "x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        check_signed_headers(check(request), request, "s3")

    @SERVICES
    def test_the_host_must_be_signed(self, service: str) -> None:
        request = with_authorization(
            signed(service, headers=[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]), "host;", ""
        )
        with pytest.raises(AuthProblem) as caught:
            check_signed_headers(claimed(request, service), request, service)
        assert caught.value.problem is Problem.HEADERS_NOT_SIGNED
        assert caught.value.detail["HeadersNotSigned"] == "host"

    def test_query_services_demand_no_more(self) -> None:
        request = signed("iam")
        more = dataclasses.replace(request, headers=(*request.headers, ("x-amz-user-agent", "a")))
        check_signed_headers(check(more, "iam"), more, "iam")


class TestSecrets:
    def test_a_claim_does_not_show_its_token_or_signature(self) -> None:
        claim = claimed(signed(token=TOKEN))
        assert TOKEN not in repr(claim)
        assert claim.signature not in repr(claim)
