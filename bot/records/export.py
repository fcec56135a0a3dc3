"""A records request: what is kept about a site or a person, as data and as a page to read (R33).

Promise: evidence is opened only where it is permitted, by who may read it, each opening a row of the custody log. With
`redacted` everyone but the person asked about is called by a stand-in, in words and out of them, and where somebody is
asked about, what others wrote is left out. What nobody can find in somebody's own words, a name that nobody knows, a
person must look for before handing it out. Of a case that the asker may not read nothing is in it, no report either.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases.book import CaseBook
from bot.cases.case import Case, site_of
from bot.domain.cases import EventKind
from bot.domain.comments import Author, Comment
from bot.domain.custody import Act
from bot.domain.roster import EvidencePermission, Roster, Site
from bot.errors import EvidenceError
from bot.evidence.contents import written
from bot.evidence.naming import Known, Naming, Redacting, mentioned_in, writers_of
from bot.evidence.permission import may_read
from bot.evidence.vault import AT_THE_TERMINAL, reading
from bot.records.asking import allowed, known_site
from bot.records.page import page_of
from bot.records.words import words_in
from bot.store import Store
from bot.store.channels import StoredChannel
from bot.store.deeds import Deed
from bot.store.evidence import Opened
from bot.store.personal import Filed, RecordsDeed, Traces

FORMAT = 1
DATA, PAGE = "records.json", "records.html"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a site, or one account in it; by whom and why. `language` is that of the words around it."""

    site: str
    account: str | None
    redacted: bool
    person: str
    reason: str
    language: str = "en"

    @property
    def leaves_out_others(self) -> bool:
        """Whether what others wrote is left out."""
        return self.redacted and self.account is not None


class Records:
    """Answers records requests. Raises `EvidenceError` when it may not, `StoreError` when it cannot."""

    def __init__(self, store: Store, book: CaseBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._book = book
        self._clock = clock

    async def export(self, request: Request) -> bytes:
        """Return the bytes of a ZIP: `records.json` and `records.html`. The custody log has it first."""
        roster = await self._book.read_roster()
        site = known_site(roster, request.site)
        reason = allowed(roster, request.person, request.reason, [site])
        at = self._clock()
        deed = RecordsDeed(Act.RECORDS_EXPORTED, request.person, at, AT_THE_TERMINAL, reason, (site.key,))
        channels = [one for one in await self._store.channels.all() if site_of(roster, one.registered).key == site.key]
        traces = [] if request.account is None else await self._traces(channels, request.account)
        asked = await self._asked(channels, traces, whole=request.account is None)
        await self._store.personal.log(deed)
        asked = [case for case in asked if may_read(case, roster, request.person)]
        opened = {case.id: await self._opened(case, request.person, reason, at) for case in asked}
        filed = await self._filed(traces, site, request.person)
        naming = _naming(request, roster, opened.values())
        notes = ["barred", "unflagged", "names", *(["others"] if request.leaves_out_others else [])]
        if request.redacted and not all(isinstance(one, Opened) for one in opened.values()):
            notes.append("reasons")
        words = words_in(request.language)
        document = {
            "format": FORMAT,
            "language": request.language,
            "made": {"at": written(at), "by": _who(naming, roster, request.person), "reason": naming.words(reason)[0]},
            "district": roster.district.name,
            "site": site.name,
            "person": request.account,
            "redacted": request.redacted,
            "notes": [words[f"note.{note}"] for note in notes],
            "channels": [_channel(one) for one in channels],
            "cases": [await self._case(case, opened[case.id], naming, request) for case in asked],
            "reports_filed": [{"code": one.code, "at": written(one.at)} for one in filed],
            "guidelines_read": [
                {"school_year": year, "at": written(when)} for trace in traces for _, year, when in trace.read
            ],
        }
        return _zipped(document)

    async def _traces(self, channels: list[StoredChannel], account: str) -> list[Traces]:
        places = {(ref.platform, ref.workspace): ref for ref in (one.registered.ref for one in channels)}
        return [await self._store.personal.traces(ref, account) for ref in places.values()]

    async def _asked(self, channels: list[StoredChannel], traces: list[Traces], *, whole: bool) -> list[Case]:
        here = await self._store.personal.cases_in([one.id for one in channels])
        theirs = {case for trace in traces for case in trace.cases}
        found = [await self._book.read(case) for case in here if whole or case in theirs]
        return [case for case in found if case is not None]

    async def _filed(self, traces: list[Traces], site: Site, person: str) -> list[Filed]:
        """Return the reports that the account filed at this site, of cases that the asker may read."""
        found = [(one, await self._book.read(one.case)) for trace in traces for one in trace.reports]
        return [
            one
            for one, case in found
            if case is not None and case.site.key == site.key and may_read(case, self._book.roster, person)
        ]

    async def _opened(self, case: Case, person: str, reason: str, at: datetime) -> Opened | str:
        """Open a case's evidence, or return the key of the word that says why not."""
        deed = Deed(case.id, person, at, AT_THE_TERMINAL, reason)
        stands_open = case.site.evidence_permission is EvidencePermission.STANDING
        try:
            reads = reading(self._book, person)
            return await self._store.evidence.open(deed, standing=stands_open, act=Act.RECORDS_EXPORTED, reads=reads)
        except EvidenceError:
            stands = await self._store.evidence.standing(case.id)
            if stands.may_open(standing=stands_open):
                return "destroyed"
            return "not_permitted" if stands.answered is None else "refused"

    async def _case(self, case: Case, found: Opened | str, naming: Naming, request: Request) -> dict[str, Any]:
        judgement = case.judgement
        shown: dict[str, Any] = {
            "case": case.code,
            "opened_at": written(case.opened_at),
            "channel": case.channel.name,
            "status": str(case.status),
            "severity": str(judgement.severity),
            "categories": [str(one) for one in judgement.categories],
            "rule": judgement.rule,
            "clause": judgement.clause,
            "reports": [written(at) for at, _ in await self._store.reports.received(case.id)],
        }
        if isinstance(found, Opened):
            comments = [*(one.comment for one in found.revisions), found.snapshot.comment]
            shown["comment"] = [_comment(one, naming, request) for one in comments]
            shown["context"] = [_comment(one, naming, request) for one in found.context]
        else:
            shown["sealed"] = words_in(request.language)[f"sealed.{found}"]
        reasons = isinstance(found, Opened) or not request.redacted
        shown["decisions"] = await self._decisions(case, naming, reasons=reasons)
        return shown

    async def _decisions(self, case: Case, naming: Naming, *, reasons: bool) -> list[dict[str, Any]]:
        """Return who decided what. Redacting without the comment does not know its names: then no `reasons`."""
        return [
            {
                "at": written(event.at),
                "what": str(event.kind),
                "by": _who(naming, self._book.roster, event.person),
                "reason": (naming.words(reason)[0] or None) if reasons else None,
            }
            for event, reason, _ in await self._store.cases.reasons(case.id)
            if event.kind is not EventKind.NOTED
        ]


def _naming(request: Request, roster: Roster, opened: Any) -> Naming:
    """Return how people are called: with `redacted`, everyone but the person asked about by a stand-in."""
    if not request.redacted:
        return Naming()
    comments = [
        comment
        for one in opened
        if isinstance(one, Opened)
        for comment in (one.snapshot.comment, *(other.comment for other in one.revisions), *one.context)
    ]
    writers = writers_of(comments)
    subject = next((one for one in writers if one.id == request.account), Author(request.account or ""))
    words = words_in(request.language)
    people = {
        key: Known(words["person"].format(number=number), (person.name,), tuple(person.accounts.values()))
        for number, (key, person) in enumerate(sorted(roster.people.items()), 1)
        if request.account not in person.accounts.values()
    }
    return Redacting(subject, people, [*writers, *mentioned_in(comments)], words["writer"])


def _who(naming: Naming, roster: Roster, key: str | None) -> str | None:
    if key is None:
        return None
    return naming.person(key, roster.people[key].name if key in roster.people else key)


def _channel(one: StoredChannel) -> dict[str, Any]:
    channel = one.registered
    return {"name": channel.name, "platform": channel.ref.platform, "kind": str(channel.kind)}


def _comment(one: Comment, naming: Naming, request: Request) -> dict[str, Any]:
    left_out = request.leaves_out_others and one.author.id != request.account
    return {
        "author": naming.account(one.author),
        "posted_at": written(one.posted_at),
        "text": None if left_out else naming.said(one)[0],
        "attachments": [str(item.kind) for item in one.attachments],
    }


def _zipped(document: Mapping[str, Any]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        data = json.dumps(document, indent=2, ensure_ascii=True)
        for name, words in ((DATA, data), (PAGE, page_of(document))):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), words.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)
    return held.getvalue()
