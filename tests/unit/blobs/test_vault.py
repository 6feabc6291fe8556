"""Blobs that are sealed where they are kept, and read as they were stored."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deputize.blobs.local import LocalBlobs
from deputize.blobs.vault import Vault
from deputize.latch import Latch
from deputize.model.storage import CUSTOMER, PLAIN, SEALED, Blob
from deputize.protocol.message import FileSlice, Pieces
from deputize.secrets.envelope import Damaged
from deputize.secrets.keyring import Keyring
from deputize.secrets.segments import SEGMENT, TAG


def vault_of(path: Path, *, seals: bool = True, root: bytes = bytes(32)) -> Vault:
    return Vault(store=LocalBlobs(path / "blobs", Latch()), keyring=Keyring(root), seals=seals)


def stored(vault: Vault, *pieces: bytes, customer: bytes | None = None) -> Blob:
    """A blob in a file, written in these pieces."""
    staged = vault.stage(customer)
    for piece in pieces:
        staged.write(piece)
    return Blob(id=staged.commit(), size=sum(map(len, pieces)), format=vault.format(customer))


def read(
    vault: Vault, blob: Blob, offset: int = 0, length: int | None = None, customer: bytes | None = None
) -> bytes:
    found = vault.read(blob, offset, blob.size if length is None else length, customer)
    if isinstance(found, bytes):
        return found
    if isinstance(found, Pieces):
        return b"".join(piece for piece in found.opened if isinstance(piece, bytes))
    with found.file as file:
        file.seek(found.offset)
        return file.read(found.length)


def content(size: int) -> bytes:
    return bytes(at % 251 for at in range(size))


SIZES = (1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 4 * SEGMENT, 4 * SEGMENT + 1, 9 * SEGMENT)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_and_tells_nothing(tmp_path: Path, size: int) -> None:
    vault, plain = vault_of(tmp_path), content(size)
    blob = stored(vault, plain)
    kept = LocalBlobs(tmp_path / "blobs", Latch()).path_of(blob.id).read_bytes()
    assert blob.format == SEALED
    assert len(kept) == size + TAG * -(-size // SEGMENT)
    assert plain[:64] not in kept or size < 64
    assert read(vault, blob) == plain


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_of_any_file(tmp_path: Path, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES) | st.integers(1, 6 * SEGMENT))
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
    plain = content(size)
    pieces = [plain[start:end] for start, end in zip([0, *cuts], [*cuts, size], strict=True)]
    vault = vault_of(tmp_path)
    blob = stored(vault, *pieces)
    offset = data.draw(st.integers(0, size - 1))
    length = data.draw(st.integers(1, size - offset))
    assert read(vault, blob, offset, length) == plain[offset : offset + length]


@pytest.mark.parametrize("size", [0, 1, 1000])
def test_inline_bytes_come_back(tmp_path: Path, size: int) -> None:
    vault, plain = vault_of(tmp_path), content(size)
    blob = vault.inline(plain)
    assert blob.data is not None
    assert len(blob.data) == size + TAG
    assert read(vault, blob) == plain
    assert read(vault, blob, size // 2, size - size // 2) == plain[size // 2 :]


def test_the_switch_may_be_turned_at_any_time(tmp_path: Path) -> None:
    sealing, plain = vault_of(tmp_path), vault_of(tmp_path, seals=False)
    for writer, form in ((sealing, SEALED), (plain, PLAIN)):
        small, large = writer.inline(b"small"), stored(writer, content(100_000))
        assert (small.format, large.format) == (form, form)
        for reader in (sealing, plain):
            assert read(reader, small) == b"small"
            assert read(reader, large) == content(100_000)
    found = sealing.read(large, 0, 10)
    assert isinstance(found, FileSlice)
    found.file.close()


def changed(kept: bytes, way: str) -> bytes:
    whole = SEGMENT + TAG
    match way:
        case "bit":
            return kept[:10] + bytes([kept[10] ^ 1]) + kept[11:]
        case "exchanged":
            return kept[whole : 2 * whole] + kept[:whole] + kept[2 * whole :]
        case "cut":
            return kept[: 2 * whole]
        case "longer":
            return kept + kept[-100:]
    return kept[:-1]


@pytest.mark.parametrize("way", ["bit", "exchanged", "cut", "longer", "shorter"])
def test_a_file_that_was_changed_does_not_open(tmp_path: Path, way: str) -> None:
    vault = vault_of(tmp_path)
    blob = stored(vault, content(2 * SEGMENT + 100))
    path = LocalBlobs(tmp_path / "blobs", Latch()).path_of(blob.id)
    path.write_bytes(changed(path.read_bytes(), way))
    with pytest.raises(Damaged):
        read(vault, blob)


def test_bytes_of_another_blob_or_key_do_not_open(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    one, two = vault.inline(b"one"), vault.inline(b"two")
    with pytest.raises(Damaged):
        read(vault, Blob(id=one.id, size=3, format=SEALED, data=two.data))
    with pytest.raises(Damaged):
        read(vault_of(tmp_path, root=b"x" * 32), one)


def test_a_file_that_nobody_reads_is_closed(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    found = vault.read(stored(vault, content(100_000)), 0, 10)
    assert isinstance(found, Pieces)
    found.opened.close()


def test_what_is_aborted_leaves_nothing(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    staged = vault.stage()
    staged.write(content(200_000))
    staged.abort()
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("seals", [True, False])
def test_what_a_client_s_key_seals_opens_with_it_alone(tmp_path: Path, seals: bool) -> None:
    vault, key, plain = vault_of(tmp_path, seals=seals), b"k" * 32, content(2 * SEGMENT)
    for blob in (vault.inline(plain, key), stored(vault, plain, customer=key)):
        assert blob.format == CUSTOMER
        assert read(vault, blob, customer=key) == plain
        for wrong in (None, b"l" * 32):
            with pytest.raises(Damaged):
                read(vault, blob, customer=wrong)
        with pytest.raises(Damaged):
            read(vault_of(tmp_path, root=b"r" * 32), blob, customer=key)


def test_blobs_in_the_database_lie_in_the_order_of_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, made = vault_of(tmp_path), list[bytes]()
    for milliseconds in (1_800_000_000_000, 1_800_000_000_001, 1_800_000_000_001, 1_900_000_000_000):
        monkeypatch.setattr("time.time_ns", lambda now=milliseconds: now * 1_000_000)
        made.append(vault.inline(b"x").id)
    assert {len(blob) for blob in made} == {16}
    assert [blob[:6] for blob in made] == sorted(blob[:6] for blob in made)
    assert len({blob[6:] for blob in made}) == len(made)
