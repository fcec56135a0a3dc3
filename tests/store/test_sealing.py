"""Sealing: it opens again, and not after any change."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store.sealing import Sealed, seal, unseal

KEY = bytes(range(32))
ROW = UUID(int=7)


def sealed(document: bytes, row: UUID = ROW, kind: str = "comment") -> Sealed:
    return seal(document, wrapping_key=KEY, key_id="k1", row=row, kind=kind)


def opened(box: Sealed, row: UUID = ROW, kind: str = "comment", key: bytes = KEY) -> bytes:
    return unseal(box, wrapping_key=key, row=row, kind=kind)


@given(document=st.binary(max_size=2000), row=st.uuids(), kind=st.text(max_size=20).filter(lambda k: k.isprintable()))
def test_what_was_sealed_opens_again(document: bytes, row: UUID, kind: str) -> None:
    assert opened(sealed(document, row, kind), row, kind) == document


@given(document=st.binary(max_size=200), data=st.data())
def test_one_flipped_bit_anywhere_is_refused(document: bytes, data: st.DataObject) -> None:
    box = sealed(document)
    in_key = data.draw(st.booleans())
    whole = bytearray(box.wrapped_key if in_key else box.ciphertext)
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    changed = replace(box, wrapped_key=bytes(whole)) if in_key else replace(box, ciphertext=bytes(whole))
    with pytest.raises(StoreError, match="does not open"):
        opened(changed)


@given(document=st.binary(max_size=200), cut=st.integers(0, 60))
def test_a_shortened_seal_is_refused(document: bytes, cut: int) -> None:
    box = sealed(document)
    with pytest.raises(StoreError):
        opened(replace(box, wrapped_key=box.wrapped_key[:cut][:-1]))
    with pytest.raises(StoreError):
        opened(replace(box, ciphertext=box.ciphertext[: min(cut, len(box.ciphertext) - 1)]))


def test_a_seal_moved_to_another_row_kind_or_key_is_refused() -> None:
    box = sealed(b"words")
    with pytest.raises(StoreError):
        opened(box, row=uuid4())
    with pytest.raises(StoreError):
        opened(box, kind="context")
    with pytest.raises(StoreError):
        opened(box, key=bytes(32))
    with pytest.raises(StoreError):
        opened(replace(box, key_id="k2"))


def test_parts_of_two_seals_cannot_be_mixed() -> None:
    one, other = sealed(b"one"), sealed(b"other", row=UUID(int=8))
    with pytest.raises(StoreError):
        opened(replace(one, ciphertext=other.ciphertext))
    with pytest.raises(StoreError):
        opened(other)


def test_the_same_document_never_looks_the_same_and_its_error_never_quotes_it() -> None:
    one, other = sealed(b"the same words"), sealed(b"the same words")
    assert one.ciphertext != other.ciphertext
    assert one.wrapped_key != other.wrapped_key
    with pytest.raises(StoreError) as refused:
        opened(one, row=uuid4())
    assert "words" not in str(refused.value)
