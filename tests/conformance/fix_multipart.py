"""An upload of several parts, as tests of them need it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

MIB = 1024 * 1024
LEAST = 5 * MIB


def patterned(size: int, seed: int = 1) -> bytes:
    """`size` bytes that look different everywhere."""
    return hashlib.shake_128(b"%d" % seed).digest(4096) * (size // 4096) + hashlib.shake_128(
        b"end %d" % seed
    ).digest(size % 4096)


def etag_of(*parts: bytes) -> str:
    """The entity tag of an object of these parts."""
    digests = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
    return f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"'


@dataclass
class Sending:
    """A multipart upload through `s3`; `listed` is what completes it, with checksums if one was asked for."""

    s3: Any
    bucket: str
    key: str
    id: str
    algorithm: str | None = None
    listed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def names(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": self.id}

    def part(self, number: int, data: bytes, **more: Any) -> Any:
        """Upload a part and list it; returns the answer."""
        given = f"Checksum{self.algorithm}" in more
        asked = {"ChecksumAlgorithm": self.algorithm, **more} if self.algorithm and not given else more
        answer = self.s3.upload_part(**self.names, PartNumber=number, Body=data, **asked)
        checksums = {name: answer[name] for name in (f"Checksum{self.algorithm}",) if self.algorithm}
        self.listed.append({"PartNumber": number, "ETag": answer["ETag"], **checksums})
        return answer

    def complete(self, parts: list[dict[str, Any]] | None = None, **more: Any) -> Any:
        listed = self.listed if parts is None else parts
        return self.s3.complete_multipart_upload(**self.names, MultipartUpload={"Parts": listed}, **more)


def begin(s3: Any, bucket: str, key: str, **more: Any) -> Sending:
    """A new upload."""
    made = s3.create_multipart_upload(Bucket=bucket, Key=key, **more)
    return Sending(s3, bucket, key, made["UploadId"], more.get("ChecksumAlgorithm"))


def uploaded(s3: Any, bucket: str, key: str, *parts: bytes, **more: Any) -> Any:
    """An object of these parts; returns the answer of its completion."""
    sending = begin(s3, bucket, key, **more)
    for number, part in enumerate(parts, 1):
        sending.part(number, part)
    return sending.complete()
