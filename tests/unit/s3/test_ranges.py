"""Range headers (RFC 9110, 14; S3 API, GetObject)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.errors import ApiError
from deputize.s3.ranges import selected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-9", (0, 10)),
        ("bytes=0-99", (0, 10)),
        ("bytes=3-", (3, 7)),
        ("bytes=9-9", (9, 1)),
        ("bytes=-3", (7, 3)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-18446744073709551615", (5, 5)),
        ("bytes=-18446744073709551615", (0, 10)),
        # What is malformed or lists several ranges selects all.
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=a-b", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("0-1", None),
        ("bytes=٣-", None),
        ("bytes=+1-2", None),
    ],
)
def test_of_ten_bytes(header: str | None, expected: tuple[int, int] | None) -> None:
    assert selected(header, 10) == expected


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ("bytes=10-", 10),
        ("bytes=10-11", 10),
        ("bytes=18446744073709551615-", 10),
        ("bytes=-0", 10),
        ("bytes=0-", 0),
        ("bytes=-1", 0),
    ],
)
def test_a_range_beyond_the_end_is_refused(header: str, size: int) -> None:
    with pytest.raises(ApiError) as caught:
        selected(header, size)
    assert (caught.value.code, caught.value.status) == ("InvalidRange", 416)
    assert caught.value.detail == {"RangeRequested": header, "ActualObjectSize": str(size)}


@given(first=st.integers(0, 20), last=st.integers(0, 20), size=st.integers(1, 20))
def test_a_range_selects_what_slicing_selects(first: int, last: int, size: int) -> None:
    content = bytes(range(size))
    try:
        found = selected(f"bytes={first}-{last}", size)
    except ApiError:
        assert first >= size
        return
    start, length = found if found is not None else (0, size)
    expected = content if last < first else content[first : last + 1]
    assert content[start : start + length] == expected
