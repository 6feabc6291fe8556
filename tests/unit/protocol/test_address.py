"""Which bucket and key a request addresses (S3 guide, "Virtual hosting of buckets")."""

import pytest

from deputize.errors import ApiError
from deputize.protocol.address import Address, locate
from deputize.protocol.message import Head


def at(host: str, path: str) -> Address:
    return locate(Head("GET", path, "", (("host", host),), "127.0.0.1", False))


@pytest.mark.parametrize(
    ("host", "path", "bucket", "key"),
    [
        ("127.0.0.1:4566", "/", None, None),
        ("127.0.0.1:4566", "/photos", "photos", None),
        ("127.0.0.1:4566", "/photos/", "photos", None),
        ("127.0.0.1:4566", "/photos/a/b", "photos", "a/b"),
        ("localhost:4566", "/photos/k", "photos", "k"),
        ("s3.localhost", "/photos/k", "photos", "k"),
        ("S3.LOCALHOST.:4566", "/photos/k", "photos", "k"),
        ("photos.s3.localhost:4566", "/", "photos", None),
        ("photos.s3.localhost:4566", "/k", "photos", "k"),
        ("photos.localhost", "/photos/k", "photos", "photos/k"),
        ("my.photos.s3.localhost", "/k", "my.photos", "k"),
        ("photos.example.com", "/other/k", "other", "k"),
        ("[::1]:4566", "/photos/k", "photos", "k"),
        ("x", "/photos//a//", "photos", "/a//"),
        ("x", "/photos/../other", "photos", "../other"),
        ("x", "/photos/a%2Fb%20c+d", "photos", "a/b c+d"),
        ("x", "/photos/%C3%A9", "photos", "é"),
        ("x", "/photos/%25", "photos", "%"),
        ("photos.s3.localhost", "//a", "photos", "/a"),
    ],
)
def test_where_it_points(host: str, path: str, bucket: str | None, key: str | None) -> None:
    assert at(host, path) == Address(bucket, key)


@pytest.mark.parametrize("path", ["//k", "/photos/%", "/photos/%zz", "/photos/%ff", "/photos/%C3"])
def test_what_is_no_address(path: str) -> None:
    with pytest.raises(ApiError) as caught:
        at("x", path)
    assert caught.value.code == "InvalidURI"


@pytest.mark.parametrize("host", ["*.s3.localhost", "a_b*.localhost", "a b.localhost"])
def test_names_that_no_bucket_can_have(host: str) -> None:
    with pytest.raises(ApiError) as caught:
        at(host, "/k")
    assert caught.value.code == "InvalidBucketName"
