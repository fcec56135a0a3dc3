"""The packet: a ZIP that anyone can print, read by machine, and check with a small script.

Promise: what is on the pages is what `packet.json` holds; every file is named in the manifest with its digest, and the
manifest is signed; the custody log's chain is in it from the first row about the case to its end, rows of other cases
by their digest alone. The making of a packet is itself a row in that log, and the packet holds it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from importlib import resources
from typing import Any
from uuid import UUID

from bot.cases.book import CaseBook
from bot.domain.custody import Act, CustodyRow, body_of, plain
from bot.errors import EvidenceError
from bot.evidence.contents import Material, contents
from bot.evidence.pages import pdf_of
from bot.evidence.signing import signer_of
from bot.evidence.vault import Vault
from bot.evidence.verifier import CONTENTS, CUSTODY, FORMAT, MANIFEST, canonical, signed_bytes
from bot.policy.schema import Pack
from bot.store import Store
from bot.store.custody import ChainHead

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the ZIP: two packets of the same content are the same bytes."""


class Packets:
    """Makes packets, through the vault."""

    def __init__(self, store: Store, vault: Vault, book: CaseBook, pack: Pack) -> None:
        self._store = store
        self._vault = vault
        self._book = book
        self._pack = pack

    async def make(
        self, case: UUID, person: str, reason: str, *, language: str, redacted: bool, show_reporter: bool = False
    ) -> bytes:
        """Return the packet of a case as the bytes of a ZIP; its making is in the custody log first.

        Who reported is in it only with `show_reporter`, which is a recorded act of its own. Raise `EvidenceError` when
        it may not be made.
        """
        if show_reporter and redacted:
            raise EvidenceError("A redacted packet never names who reported; leave out one of the two.")
        if show_reporter and not await self._store.reports.received(case):
            raise EvidenceError("Nobody reported the comment of this case; leave out who reported.")
        opened = await self._vault.open(case, person, reason, act=Act.EXPORTED)
        reporters = await self._vault.reporters(case, person, reason) if show_reporter else ()
        head = await self._store.chain_head()
        about = await self._book.read(case)
        if about is None:
            raise EvidenceError("The case went away while its packet was made.")
        store, roster = self._store, self._book.roster
        kin = await store.evidence.kin(case)
        rows = [row for row in await store.custody.of(kin) if row.number <= head.number]
        material = Material(
            about,
            roster,
            self._pack,
            opened,
            await store.evidence.versions(case),
            await store.cases.reasons(case),
            rows,
            await store.custody.reasons(rows),
            {store.custody.pseudonym(key): key for key in roster.people},
            await store.reports.received(case),
            reporters,
            person,
            reason,
            rows[-1].at,
        )
        told = contents(material, language, redacted=redacted)
        chain = [row async for row in _between(store, rows[0].number, head.number)]
        signer = await signer_of(store)
        return await asyncio.to_thread(_packed, told, _lines(chain, set(kin)), head, kin, signer)


async def _between(store: Store, first: int, last: int) -> AsyncIterator[CustodyRow]:
    async for row in store.custody.rows(after=first - 1):
        if row.number > last:
            return
        yield row


def _lines(chain: list[CustodyRow], kin: set[UUID]) -> bytes:
    """Return the chain a line each: rows about the case in full, others by the digest of what they say."""
    lines = []
    for row in chain:
        mine = row.case in kin
        body = plain(row) if mine else body_of(row).hex()
        lines.append(
            canonical({"number": row.number, "previous": row.previous.hex(), "hash": row.hash.hex(), "body": body})
        )
    return b"\n".join(lines) + b"\n"


def _packed(told: Mapping[str, Any], custody: bytes, head: ChainHead, kin: tuple[UUID, ...], signer: Any) -> bytes:
    document = canonical(told)
    digest = _sha256(document)
    pages = pdf_of(told, fingerprint=signer.fingerprint, head=(head.number, str(head)), digest=digest)
    verifier = resources.files("bot.evidence").joinpath("verifier.py").read_bytes()
    files = {"packet.pdf": pages, CONTENTS: document, CUSTODY: custody, "verify.py": verifier}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "case": told["case"],
        "cases": [str(one) for one in kin],
        "made_at": told["made"]["at"],
        "redacted": told["redacted"],
        "files": {name: {"sha256": _sha256(data), "bytes": len(data)} for name, data in files.items()},
        "custody_head": {"number": head.number, "hash": str(head)},
        "public_key": signer.public_key.hex(),
        "fingerprint": signer.fingerprint,
    }
    manifest["signature"] = signer.sign(signed_bytes(manifest)).hex()
    return zipped({**files, MANIFEST: canonical(manifest)})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP, always the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packet:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            packet.writestr(entry, data)
    return made.getvalue()
