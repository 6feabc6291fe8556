"""Which bucket and key a request addresses (S3 guide, "Virtual hosting of buckets")."""

import pytest

from deputize.config import BASE_HOSTS
from deputize.errors import ApiError
from deputize.protocol.address import Address, locate, website_bucket
from deputize.protocol.message import Head


def at(host: str, path: str, base_hosts: tuple[str, ...] = BASE_HOSTS) -> Address:
    return locate(Head("GET", path, "", (("host", host),), "127.0.0.1", False), base_hosts)


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
        ("photos.localhost:", "/k", "photos", "k"),
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


# Names of this server: two of the operator's, one of them S3's own, besides the defaults.
NAMES = ("example.org", "s3.store.example.org", *BASE_HOSTS)


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        # Endpoints: path style.
        ("example.org", None),
        ("EXAMPLE.org.:443", None),
        ("s3.example.org", None),
        ("s3.eu-west-1.example.org", None),
        ("s3.dualstack.eu-west-1.example.org", None),
        ("s3-fips.dualstack.us-gov-west-1.example.org", None),
        ("s3-eu-west-1.example.org", None),
        ("s3.store.example.org", None),
        ("s3.eu-west-1.localhost", None),
        # Buckets below them.
        ("photos.example.org", "photos"),
        ("my.photos.example.org", "my.photos"),
        ("PHOTOS.S3.Example.Org:8443", "photos"),
        ("photos.s3.eu-west-1.example.org", "photos"),
        ("my.photos.s3.dualstack.eu-west-1.example.org", "my.photos"),
        ("photos.s3-eu-west-1.example.org", "photos"),
        ("photos.s3.store.example.org", "photos"),
        ("photos.s3.eu-west-1.localhost", "photos"),
        # The longest base host counts, and one of S3's own has no further endpoints below it.
        ("s3.eu-west-1.s3.store.example.org", "s3.eu-west-1"),
        # The shortest endpoint counts.
        ("a.s3.eu-west-1.s3.example.org", "a.s3.eu-west-1"),
        ("s3.s3.example.org", "s3"),
        # What is none of S3's names is a bucket, what looks like other services' too.
        ("iam.example.org", "iam"),
        ("sts.eu-west-1.example.org", "sts.eu-west-1"),
        ("eu-west-1.example.org", "eu-west-1"),
        ("dualstack.eu-west-1.example.org", "dualstack.eu-west-1"),
        ("s3.nowhere-1.example.org", "s3.nowhere-1"),
        # Names that merely end alike.
        ("notexample.org", None),
        ("photos.example.com", None),
    ],
)
def test_hosts_below_the_operators_names(host: str, bucket: str | None) -> None:
    path_style = at(host, "/other/k", NAMES)
    assert path_style == (Address("other", "k") if bucket is None else Address(bucket, "other/k"))


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("s3.amazonaws.com", None),
        ("s3.eu-west-1.amazonaws.com", None),
        ("s3.dualstack.eu-west-1.amazonaws.com", None),
        ("s3-us-west-2.amazonaws.com", None),
        ("photos.s3.amazonaws.com", "photos"),
        ("my.photos.s3.eu-west-1.amazonaws.com", "my.photos"),
        ("photos.s3.cn-north-1.amazonaws.com.cn", "photos"),
        ("photos.s3.eusc-de-east-1.amazonaws.eu", "photos"),
        ("notamazonaws.com", None),
    ],
)
def test_hosts_of_amazons(host: str, bucket: str | None) -> None:
    assert at(host, "/other/k") == (Address("other", "k") if bucket is None else Address(bucket, "other/k"))


@pytest.mark.parametrize(
    "host",
    [
        "photos.s3-accesspoint.eu-west-1.amazonaws.com",
        "a.photos-111111111111.s3-accesspoint.eu-west-1.amazonaws.com",
        "photos-111111111111.s3-accesspoint.nowhere.amazonaws.com",
        "111111111111.s3-control.eu-west-1.amazonaws.com",
        "photos.s3-accelerate.amazonaws.com",
        "photos.s3-website-us-east-1.amazonaws.com",
        "photos.amazonaws.com",
        "sts.eu-west-1.amazonaws.com",
    ],
)
def test_endpoints_of_amazons_that_address_otherwise(host: str) -> None:
    with pytest.raises(ApiError) as caught:
        at(host, "/photos/k")
    assert (caught.value.code, caught.value.status) == ("NotImplemented", 501)


def test_no_bucket_before_the_dot() -> None:
    for host in (".s3.localhost", ".s3.eu-west-1.localhost", ".s3.amazonaws.com"):
        with pytest.raises(ApiError) as caught:
            at(host, "/k")
        assert caught.value.code == "InvalidBucketName"


@pytest.mark.parametrize(
    "host",
    [
        "photos-111111111111.s3-accesspoint.eu-west-1.amazonaws.com",
        "Photos-111111111111.s3-accesspoint.dualstack.eu-west-1.amazonaws.com.:443",
        "photos-111111111111.s3-accesspoint-fips.eu-west-1.localhost",
        "photos-111111111111.s3-accesspoint-fips.dualstack.eu-west-1.example.org",
    ],
)
def test_an_access_point_stands_for_its_bucket(host: str) -> None:
    arn = "arn:aws:s3:eu-west-1:111111111111:accesspoint/photos"
    assert at(host, "/other/k", NAMES) == Address(arn, "other/k")
    assert at(host, "/", NAMES) == Address(arn, None)


def test_no_path_is_an_access_point() -> None:
    with pytest.raises(ApiError) as caught:
        at("localhost", "/arn:aws:s3:eu-west-1:111111111111:accesspoint%2Fphotos/k")
    assert caught.value.code == "InvalidBucketName"


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("photos.s3-website.us-east-1.localhost", "photos"),
        ("photos.s3-website-us-east-1.localhost:4566", "photos"),
        ("MY.Photos.S3-Website.EU-West-1.LOCALHOST.:80", "my.photos"),
        ("photos.s3-website.us-east-1.s3.localhost", "photos"),
        ("photos.s3-website-us-west-2.amazonaws.com", "photos"),
        ("photos.s3-website.cn-north-1.amazonaws.com.cn", "photos"),
        ("s3-website.us-east-1.localhost", ""),
        ("s3-website-us-east-1.localhost", ""),
        ("us-east-1.localhost", None),
        ("photos.s3-website.localhost", None),
        ("photos.s3-website.nowhere.localhost", None),
        ("photos.s3-website-nowhere.localhost", None),
        ("photos.s3-website.us-east-1.example.com", None),
        ("photos.s3.us-east-1.localhost", None),
        ("photos.s3.localhost", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_names_of_websites(host: str, bucket: str | None) -> None:
    assert website_bucket(host, BASE_HOSTS) == bucket
