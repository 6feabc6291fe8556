"""A random life of a bucket, over the wire, against dictionaries: versions and markers while its versioning
is off, on and suspended, uploads in parts, copies; and listings of all kinds with any prefix, delimiter,
beginning and size of page.
"""

import functools
import itertools
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.conformance.fix_multipart import Sending, begin
from tests.fix_world import World

KEYS = ["a", "a/b", "a//d", "b", "b/", "ö/x"]
TEXTS = st.sampled_from(["", "a", "a/", "a/b", "a//", "b", "b/", "c", "ö", "ö/"])
DELIMITERS = st.sampled_from(["", "/", "b", "//"])
SIZES = st.integers(1, 5)
PLACES = st.integers(0, 9)
NULL = "null"
_numbers = itertools.count(1)


class Bucket(RuleBasedStateMachine):
    """`versions` are a key's, oldest first: its id, and its bytes or None if it is a marker."""

    def __init__(self, s3: Any) -> None:
        super().__init__()
        self.s3, self.name = s3, f"model-{next(_numbers)}"
        s3.create_bucket(Bucket=self.name)
        self.versioning = ""
        self.versions: dict[str, list[tuple[str, bytes | None]]] = {}
        self.uploads: dict[tuple[str, str], Sending] = {}
        self.bodies = itertools.count(1)

    # --- changes

    @rule(status=st.sampled_from(["Enabled", "Suspended"]))
    def set_versioning(self, status: str) -> None:
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": status})
        self.versioning = status

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=4), large=st.booleans())
    def put(self, keys: list[str], large: bool) -> None:
        for key in keys:
            body = b"%d " % next(self.bodies) * (9000 if large else 1)
            self.stored(key, body, self.s3.put_object(Bucket=self.name, Key=key, Body=body))

    @rule(key=st.sampled_from(KEYS), source=st.sampled_from(KEYS))
    def copy(self, key: str, source: str) -> None:
        body = self.current(source)
        call = {"CopySource": {"Bucket": self.name, "Key": source}, "MetadataDirective": "REPLACE"}
        if body is None:
            self.refused("NoSuchKey", self.s3.copy_object, Bucket=self.name, Key=key, **call)
        else:
            self.stored(key, body, self.s3.copy_object(Bucket=self.name, Key=key, **call))

    @rule(key=st.sampled_from(KEYS))
    def delete(self, key: str) -> None:
        answer = self.s3.delete_object(Bucket=self.name, Key=key)
        if self.versioning:
            self.stored(key, None, answer)
            assert answer["DeleteMarker"] is True
        else:
            self.versions.pop(key, None)

    @rule(key=st.sampled_from(KEYS), at=PLACES)
    def delete_version(self, key: str, at: int) -> None:
        there = self.versions.get(key, [])
        one = there[at % len(there)] if there else (NULL, b"")
        answer = self.s3.delete_object(Bucket=self.name, Key=key, VersionId=one[0])
        assert answer.get("DeleteMarker", False) is (one[1] is None)
        self.versions[key] = [other for other in there if other[0] != one[0]]

    def stored(self, key: str, body: bytes | None, answer: Any) -> None:
        """What the answer says is the newest now; where no versions are kept, there is one null version."""
        one_id = answer.get("VersionId", NULL)
        assert (one_id == NULL) is (self.versioning != "Enabled")
        others = [one for one in self.versions.get(key, []) if one[0] != one_id]
        self.versions[key] = [*others, (one_id, body)]

    # --- uploads in parts

    @rule(key=st.sampled_from(KEYS))
    def begin(self, key: str) -> None:
        upload = begin(self.s3, self.name, key)
        self.uploads[key, upload.id] = upload

    @rule(at=PLACES, complete=st.booleans())
    def end(self, at: int, complete: bool) -> None:
        if not self.uploads:
            return
        key, one_id = list(self.uploads)[at % len(self.uploads)]
        upload = self.uploads.pop((key, one_id))
        if complete:
            body = b"parts %d" % next(self.bodies)
            upload.part(1, body)
            self.stored(key, body, upload.complete())
        else:
            self.s3.abort_multipart_upload(**upload.names)

    # --- reads

    def current(self, key: str) -> bytes | None:
        return self.versions[key][-1][1] if self.versions.get(key) else None

    def refused(self, code: str, call: Any, **arguments: Any) -> None:
        try:
            call(**arguments)
        except ClientError as error:
            assert error.response["Error"]["Code"] == code
        else:
            raise AssertionError(f"{code} did not come")

    @rule(key=st.sampled_from(KEYS), at=PLACES)
    def read(self, key: str, at: int) -> None:
        names = {"Bucket": self.name, "Key": key}
        body, there = self.current(key), self.versions.get(key, [])
        if body is None:
            self.refused("NoSuchKey", self.s3.get_object, **names)
        else:
            assert self.s3.get_object(**names)["Body"].read() == body
        if there:
            one_id, body = there[at % len(there)]
            if body is None:
                self.refused("MethodNotAllowed", self.s3.get_object, **names, VersionId=one_id)
            else:
                assert self.s3.get_object(**names, VersionId=one_id)["Body"].read() == body

    @rule(prefix=TEXTS, delimiter=DELIMITERS, after=TEXTS, size=SIZES)
    def list_objects(self, prefix: str, delimiter: str, after: str, size: int) -> None:
        """Both kinds, from anywhere on, page by page."""
        keys = [key for key in self.versions if self.current(key) is not None]
        expected = [name for name in rolled(keys, prefix, delimiter) if name.encode() > after.encode()]
        asked = {"Bucket": self.name, "Prefix": prefix, "Delimiter": delimiter, "MaxKeys": size}
        found, more = [], {"StartAfter": after}
        while more:
            page = self.s3.list_objects_v2(**asked, **more)
            found += names_of(page, "Contents")
            assert len(names_of(page, "Contents")) == page["KeyCount"] <= size
            more = {"ContinuationToken": page["NextContinuationToken"]} if page["IsTruncated"] else {}
        assert found == expected
        found, more = [], {"Marker": after}
        while more:
            page = self.s3.list_objects(**asked, **more)
            found += names_of(page, "Contents")
            # Only with a delimiter is the next marker told; else it is the last key.
            more = {"Marker": page.get("NextMarker", found[-1])} if page["IsTruncated"] else {}
        assert found == expected

    @rule(prefix=TEXTS, delimiter=DELIMITERS, after=TEXTS, size=SIZES)
    def list_object_versions(self, prefix: str, delimiter: str, after: str, size: int) -> None:
        keys = [key for key, there in self.versions.items() if there]
        expected: list[Any] = []
        for name in rolled(keys, prefix, delimiter):
            if name.encode() > after.encode():
                whole = name in self.versions and name not in folders(keys, prefix, delimiter)
                there = self.versions[name][::-1] if whole else [(None, b"")]
                expected += [(name, one_id, at == 0) for at, (one_id, _) in enumerate(there)]
        found: list[Any] = []
        more: dict[str, str] = {"KeyMarker": after}
        while more:
            page = self.s3.list_object_versions(
                Bucket=self.name, Prefix=prefix, Delimiter=delimiter, MaxKeys=size, **more
            )
            found += self.versions_of(page)
            more = (
                {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
                if page["IsTruncated"]
                else {}
            )
            more = {name: value for name, value in more.items() if value}
        assert sorted(found, key=str) == sorted(
            [(name, one_id, latest if one_id else None) for name, one_id, latest in expected], key=str
        )
        for key in {name for name, one_id, _ in expected if one_id}:
            # Of one key, in the order of time.
            got = [one_id for name, one_id, _ in found if name == key and one_id]
            kinds = {one_id: body is None for one_id, body in self.versions[key]}
            told = [one_id for one_id, _ in self.versions[key][::-1]]
            for marker in (True, False):
                of = [one_id for one_id in got if kinds[one_id] is marker]
                assert of == [one_id for one_id in told if kinds[one_id] is marker]

    def versions_of(self, page: Any) -> list[Any]:
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        found: list[Any] = [(one["Key"], one["VersionId"], one["IsLatest"]) for one in entries]
        return found + [(one["Prefix"], None, None) for one in page.get("CommonPrefixes", [])]

    @rule(prefix=TEXTS, delimiter=DELIMITERS, size=SIZES)
    def list_uploads(self, prefix: str, delimiter: str, size: int) -> None:
        keys = [key for key, _ in self.uploads]
        rolls = folders(keys, prefix, delimiter)
        expected: list[Any] = [(name, None) for name in rolls]
        expected += [one for one in self.uploads if one[0].startswith(prefix) and not under(one[0], rolls)]
        found: list[Any] = []
        more: dict[str, str] = {"KeyMarker": ""}
        while more:
            page = self.s3.list_multipart_uploads(
                Bucket=self.name, Prefix=prefix, Delimiter=delimiter, MaxUploads=size, **more
            )
            found += [(one["Key"], one["UploadId"]) for one in page.get("Uploads", [])]
            found += [(one["Prefix"], None) for one in page.get("CommonPrefixes", [])]
            more = (
                {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page.get("NextUploadIdMarker", "")}
                if page["IsTruncated"]
                else {}
            )
            more = {name: value for name, value in more.items() if value}
        assert sorted(found, key=str) == sorted(expected, key=str)

    @invariant()
    def what_is_there_is_counted(self) -> None:
        keys = [key for key in self.versions if self.current(key) is not None]
        assert self.s3.list_objects_v2(Bucket=self.name)["KeyCount"] == len(keys)


def folder(key: str, prefix: str, delimiter: str) -> str | None:
    """What a key is rolled up to, if it is."""
    at = key.find(delimiter, len(prefix)) if delimiter and key.startswith(prefix) else -1
    return None if at < 0 else key[: at + len(delimiter)]


def folders(keys: Iterable[str], prefix: str, delimiter: str) -> set[str]:
    return {name for key in keys if (name := folder(key, prefix, delimiter)) is not None}


def under(key: str, rolls: set[str]) -> bool:
    return any(key.startswith(roll) for roll in rolls)


def rolled(keys: Iterable[str], prefix: str, delimiter: str) -> list[str]:
    """Keys and common prefixes in the order of their bytes."""
    shown = {folder(key, prefix, delimiter) or key for key in keys if key.startswith(prefix)}
    return sorted(shown, key=str.encode)


def names_of(page: Any, entries: str) -> list[str]:
    found = [one["Key"] for one in page.get(entries, [])]
    found += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
    return sorted(found, key=str.encode)


def test_a_bucket_is_what_the_model_says(shared_world: World) -> None:
    s3 = shared_world.client("s3", shared_world.account("Model").admin)
    made: Any = functools.partial(Bucket, s3)
    run_state_machine_as_test(
        made,
        settings=settings(
            max_examples=15,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
