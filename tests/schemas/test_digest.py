"""One pass, both hashes, the size."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.digest import digest_of_chunks, digest_of_file


def test_known_hashes_of_nothing_and_of_abc() -> None:
    nothing, abc = digest_of_chunks([]), digest_of_chunks([b"abc"])
    assert nothing.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert abc.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert abc.sha512.startswith("ddaf35a193617abacc417349ae204131")
    assert (nothing.size, abc.size) == (0, 3)


@given(chunks=st.lists(st.binary(max_size=100)))
def test_how_the_bytes_are_cut_does_not_matter(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    assert digest_of_chunks(chunks) == digest_of_chunks([whole])
    assert digest_of_chunks(chunks).sha512 == hashlib.sha512(whole).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1000])
def test_a_file_is_read_to_its_end_whatever_the_chunk_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "datei"
    path.write_bytes(b"x" * size)
    assert digest_of_file(path, chunk_bytes=8) == digest_of_chunks([b"x" * size])


def test_a_missing_file_has_no_digest(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        digest_of_file(tmp_path / "weg")
