"""A school with evidence: its vault, its packets, and everything from the tests of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from bot.domain.roster import EvidencePermission
from bot.evidence.packet import Packets
from bot.evidence.vault import Vault
from bot.store import Store
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
