"""A school with evidence: its vault, its packets, and everything from the tests of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.domain.roster import EvidencePermission
from bot.evidence.packet import Packets
from bot.evidence.vault import Vault
from bot.store import Store, schema
from tests.alerts.school import PACK, ROSTER, SITE, School
from tests.store.databases import database, engine, postgresql, store

__all__ = ["acts", "database", "engine", "packets", "postgresql", "school", "stand", "store", "vault"]


@pytest.fixture
async def school(store: Store) -> School:
    """The school, asked for permission in each case."""
    return await School(store).open()


@pytest.fixture
def vault(school: School) -> Vault:
    return Vault(school.store, school.book, school.clock)


@pytest.fixture
def packets(school: School, vault: Vault) -> Packets:
    return Packets(school.store, vault, school.book, PACK)


@pytest.fixture
def acts(school: School) -> Callable[[UUID], object]:
    async def of(case: UUID) -> list[str]:
        return [str(row.act) for row in await school.store.custody.of([case])]

    return of


async def stand(school: School) -> None:
    """Give the site a standing permission."""
    site = replace(SITE, evidence_permission=EvidencePermission.STANDING)
    await school.store.registry.replace(replace(ROSTER, sites={"lincoln": site}))


async def damage(school: School, case: UUID) -> None:
    """Have the sealed comment of a case open no more, as after a fault of the disk."""
    async with school.store._engine.begin() as connection:
        mine = schema.snapshots.c.flag_id == case
        await connection.execute(update(schema.snapshots).where(mine).values(ciphertext=b"\0" * 64))
