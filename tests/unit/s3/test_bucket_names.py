"""Which names buckets and keys may have (S3 guide, "General purpose bucket naming rules")."""

import pytest

from deputize.errors import ApiError
from deputize.s3.names import check_bucket_name, check_key


@pytest.mark.parametrize(
    "name", ["abc", "a" * 63, "productionapp", "my.bucket-1", "123", "1.2.3", "1.2.3.4.5", "a--b", "ban-an1"]
)
def test_good_names(name: str) -> None:
    check_bucket_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 64,
        "Upper",
        "under_score",
        "-dash",
        "dash-",
        ".dot",
        "dot.",
        "two..dots",
        "192.168.5.4",
        "192.168.05.400",
        "xn--abc",
        "sthree-abc",
        "amzn-s3-demo-abc",
        "abc-s3alias",
        "abc--ol-s3",
        "abc.mrap",
        "abc--x-s3",
        "abc--table-s3",
        "abc-111122223333-us-east-1-an",
        "käse",
        "abc\n",
        "a/b",
        "٣٣٣",
    ],
)
def test_bad_names(name: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_bucket_name(name)
    assert caught.value.code == "InvalidBucketName"
    assert caught.value.detail == {"BucketName": name}


def test_a_key_is_measured_in_bytes() -> None:
    assert check_key("é" * 512) == "é".encode() * 512
    with pytest.raises(ApiError) as caught:
        check_key("é" * 512 + "a")
    assert caught.value.code == "KeyTooLongError"
    assert caught.value.detail == {"Size": "1025", "MaxSizeAllowed": "1024"}


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(ApiError) as caught:
        check_key("\udc80")
    assert caught.value.code == "InvalidURI"
