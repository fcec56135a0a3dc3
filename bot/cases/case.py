"""A case as the alerts and the desk see it: what it is about, whom it concerns, where it stands. It holds no words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bot.cases.effective import effective
from bot.cases.named import folded, named_in
from bot.cases.routing import ACCUSING, Concern, concerned_by, may_decide
from bot.cases.status import Standing, Status, may_follow, standing_of
from bot.domain.assessments import Judgement
from bot.domain.cases import CaseEvent, CaseKind, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.channels import RegisteredChannel
from bot.domain.comments import AttachmentKind, AuthorRole, ChannelRef, Comment, CommentRef
from bot.domain.roster import EvidencePermission, Person, Roster, Site, author_role
from bot.policy.schema import Pack
from bot.store import Cause
from bot.store.cases import StoredCase

UNREAD = Judgement(Severity.MEDIUM)
"""How a comment that no machine could read is routed: it could be anything, and it is read the same day."""

WATCHED_BY = "watch:"
"""How the finding of a watch names itself: what it watches for and the case that it belongs to follow."""

DECISIONS = frozenset({EventKind.CONFIRMED, EventKind.DISMISSED, EventKind.UPHELD, EventKind.REVERSED})
"""What a person decides about a flag; each is a review by somebody whom nothing barred."""

_PICTURES = frozenset({AttachmentKind.IMAGE, AttachmentKind.VIDEO, AttachmentKind.OTHER})
"""What shows a picture, or may: a file of which nobody said what it is, too."""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a card, a press or a form needs to know of a case, in memory.

    `author_account` is the platform's id of whoever wrote the comment; `author_role` and `target_role` are what the
    roster knows of the two, nothing for unknown people. `toward` are the accounts that it mentions or answers,
    `shunned` those of its author and of whom it accuses, on no roster perhaps. `concern` is what routing asks for.
    `belongs_to` is the case whose watch raised this one, `watch` what was watched for. `judgement` is what the case is
    taken for now, `first_judgement` what it began as (see `bot.cases.effective`). `pictures` says that some revision
    of the comment has, or may have, pictures.
    """

    id: UUID
    kind: CaseKind
    channel: RegisteredChannel
    comment: CommentRef | None
    site: Site
    judgement: Judgement
    cause: Cause | None
    opened_at: datetime
    snapshot: UUID | None
    permalink: str | None
    pictures: bool
    author_account: str
    author_role: AuthorRole
    target_role: AuthorRole | None
    concern: Concern
    reports: int
    removal_wanted: bool
    events: tuple[CaseEvent, ...]
    toward: tuple[str, ...] = ()
    shunned: frozenset[str] = frozenset()
    belongs_to: UUID | None = None
    watch: str = ""
    first_judgement: Judgement = UNREAD

    @property
    def token(self) -> str:
        """What its buttons and forms carry."""
        return self.id.hex

    @property
    def code(self) -> str:
        """How people name it: short, and enough to find it."""
        return self.id.hex[:8]

    @property
    def standing(self) -> Standing:
        """What its events amount to."""
        return standing_of(self.events)

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.standing.status

    @property
    def holder(self) -> str | None:
        """Whose it is: who took it last, or to whom it was handed over."""
        taken = [event for event in self.events if event.kind in (EventKind.CLAIMED, EventKind.HANDED_OVER)]
        if not taken:
            return None
        return taken[-1].about if taken[-1].kind is EventKind.HANDED_OVER else taken[-1].person

    @property
    def ticked(self) -> dict[str, CaseEvent]:
        """The protocol's steps that are done, by letter, each with who ticked it and when."""
        steps: dict[str, CaseEvent] = {}
        for event in self.events:
            if event.kind is EventKind.TICKED and event.about:
                steps[event.about] = event
            elif event.kind is EventKind.UNTICKED:
                steps.pop(event.about or "", None)
        return steps

    @property
    def look_again_on(self) -> str | None:
        """The day on which somebody is to look again, as long as nobody has."""
        days = [event.about for event in self.events if event.kind is EventKind.FOLLOW_UP]
        return days[-1] if days and self.standing.watched else None

    @property
    def deciders(self) -> frozenset[str]:
        """Who has decided about it so far."""
        return frozenset(event.person for event in self.events if event.kind in DECISIONS and event.person)

    @property
    def spent(self) -> frozenset[str]:
        """Who may not decide what is to be decided now: of an appeal, whoever decided before (R28)."""
        return self.deciders if self.status is Status.APPEALED else frozenset()

    @property
    def permitted(self) -> bool:
        """Whether the site administrator's permission to open the evidence stands (R15)."""
        return self.site.evidence_permission is EvidencePermission.STANDING or self.happened(EventKind.PERMITTED)

    @property
    def first_concern(self) -> Concern:
        """The concern as it was before anybody decided: whoever was barred then is never sent a card."""
        return replace(self.concern, cleared=False)

    @property
    def barred(self) -> frozenset[str]:
        """Who never acts on it nor has its card, whatever was decided: it may be about them."""
        return concerned_by(self.concern)

    def happened(self, kind: EventKind) -> bool:
        """Whether there is such an event."""
        return any(event.kind is kind for event in self.events)

    def allows(self, kind: EventKind) -> bool:
        """Whether `kind` may happen next, whoever does it."""
        return may_follow(self.events, kind)

    def may_be_decided_by(self, person: str, roster: Roster) -> bool:
        """Whether the person may decide now: a decider, not barred, and of an appeal not who decided before."""
        return person not in self.spent and may_decide(roster, self.site, person, self.concern)


def site_of(roster: Roster, channel: RegisteredChannel) -> Site:
    """Return the site that looks after a channel.

    One that is on no site's list goes to the only site there is, else to the site whose workspace it is in, else to the
    district: its safety contact, then its administrators.
    """
    site = roster.sites.get(channel.site or "") or roster.site_of(channel.ref)
    if site is not None:
        return site
    near = [site for site in roster.sites.values() if any(_together(ref, channel.ref) for ref in site.channels)]
    candidates = near or list(roster.sites.values())
    if len(candidates) == 1:
        return candidates[0]
    district = roster.district
    above = [key for key in (district.safety_contact, *district.administrators) if key]
    return Site("", district.name, above[0] if above else "")


def _together(one: ChannelRef, other: ChannelRef) -> bool:
    return (one.platform, one.workspace) == (other.platform, other.workspace)


def case_of(
    stored: StoredCase,
    roster: Roster,
    *,
    author: str | None,
    kept_out: frozenset[str] = frozenset(),
    pack: Pack | None = None,
) -> Case:
    """Return the case as the roster of today sees it; the snapshot's words are looked at and left behind.

    `author` is the key of whoever wrote the comment, if the roster knows them; `kept_out` see `Concern`. By `pack` it
    is taken for what people found in it; without one, for what it began as.
    """
    channel = stored.channel.registered
    site = site_of(roster, channel)
    seen = stored.snapshot.comment if stored.snapshot else None
    person = roster.people.get(author) if author else None
    role = _role(roster, site, person, seen.author.role if seen else AuthorRole.MEMBER)
    first = stored.judgement or UNREAD
    judgement = effective(first, stored.events, pack, role) if pack else first
    stored = replace(stored, judgement=judgement)
    addressed = set(_addressed(stored, roster, channel.ref.platform))
    mentioned = set(_mentioned(stored, roster, site))
    accused = set(_accused(stored, roster, site))
    categories = frozenset(judgement.categories or (Category.OTHER,))
    out = accused | (addressed | mentioned if categories & ACCUSING else set())
    spared = _left_over(roster, site, {author, *kept_out}, out)
    concern = Concern(
        judgement.severity,
        categories,
        author,
        frozenset(addressed | mentioned) - {author, spared},
        channel.responsible,
        accused=frozenset(accused) - {spared},
        kept_out=kept_out,
    )
    concern = replace(concern, cleared=_cleared(stored.events, concerned_by(concern)))
    target = next(iter(sorted(addressed)), None)
    writer = seen.author.id if seen else ""
    toward = [*(seen.mentions if seen else ()), stored.answered or ""]
    watch, belongs_to = watched_by(judgement)
    return Case(
        stored.id,
        stored.kind,
        channel,
        seen.ref if seen else None,
        site,
        judgement,
        stored.cause,
        stored.opened_at,
        stored.snapshot_id,
        seen.permalink if seen else None,
        pictures=any(_pictured(one.comment) for one in (stored.snapshot, *stored.others) if one),
        author_account=writer,
        author_role=role,
        target_role=author_role(roster.roles(target, site)) if target else None,
        concern=concern,
        reports=len(stored.reports),
        removal_wanted=any(report.removal for report in stored.reports),
        events=stored.events,
        toward=tuple(dict.fromkeys(account for account in toward if account and account != writer)),
        shunned=frozenset({writer, *(report.target for report in stored.reports)} - {""}),
        belongs_to=belongs_to,
        watch=watch,
        first_judgement=first,
    )


def _pictured(comment: Comment) -> bool:
    return any(item.kind in _PICTURES for item in comment.attachments)


def _left_over(roster: Roster, site: Site, out: set[str | None], accused: set[str]) -> str | None:
    """Return who decides where a flag or a report names everyone who could: a case cannot be named out of the world.

    The district's safety contact, then the others from above; nobody where somebody is left anyway.
    """
    district = roster.district
    ordered = [district.safety_contact, *district.administrators, site.supervisor, *site.designees]
    able = [key for key in (*ordered, site.site_administrator) if key and key not in out]
    return None if any(key not in accused for key in able) else next(iter(able), None)


def watched_by(judgement: Judgement | None) -> tuple[str, UUID | None]:
    """Return what a watch was for that raised this, and the case that it belongs to; nothing for any other flag."""
    for finding in judgement.findings if judgement else ():
        if finding.detector.startswith(WATCHED_BY):
            kind, _, case = finding.detector.removeprefix(WATCHED_BY).partition(":")
            return kind, UUID(hex=case)
    return "", None


def _cleared(events: tuple[CaseEvent, ...], concerned: Collection[str]) -> bool:
    """Whether it stands dismissed, by somebody whom it does not concern, and nobody has brought it up since.

    A confirmed case clears nobody, and neither does an appeal: what is looked at again may still be true.
    """
    stands = standing_of(events)
    decided = [event.person for event in events if event.kind in DECISIONS]
    at_rest = stands.status in (Status.DISMISSED, Status.CLOSED) and stands.decision is EventKind.DISMISSED
    return at_rest and bool(decided) and decided[-1] is not None and decided[-1] not in concerned


def _addressed(stored: StoredCase, roster: Roster, platform: str) -> Iterator[str]:
    """Yield the rostered people whom the comment mentions or answers."""
    seen = stored.snapshot.comment if stored.snapshot else None
    accounts = [*(seen.mentions if seen else ()), stored.answered]
    for account in accounts:
        person = _called(roster, platform, account) if account else None
        if person is not None:
            yield person.key


def _mentioned(stored: StoredCase, roster: Roster, site: Site) -> Iterator[str]:
    """Yield the people of the site whom the comment names, in any revision that is kept."""
    for one in (stored.snapshot, *stored.others):
        if one is not None:
            yield from named_in(one.comment.text, roster, site, stored.channel.registered.responsible)


def _accused(stored: StoredCase, roster: Roster, site: Site) -> Iterator[str]:
    """Yield whom a report may be about: the person chosen, and everyone whom the reporter's words name (R25).

    Whom an accusing flag or a report names is not known any more once its words are gone: then it may be anybody at
    the site, or above it.
    """
    accuses = stored.judgement is not None and ACCUSING.intersection(stored.judgement.categories)
    if (stored.snapshot is None and accuses) or any(not report.what for report in stored.reports):
        above = (site.supervisor, roster.district.safety_contact, *roster.district.administrators)
        yield from (site.site_administrator, *site.designees, *site.staff, *(key for key in above if key))
    for report in stored.reports:
        person = _called(roster, stored.channel.registered.ref.platform, report.target) if report.target else None
        if person is not None:
            yield person.key
        responsible = stored.channel.registered.responsible
        yield from named_in(f"{report.target} \n {report.what}", roster, site, responsible)


def _called(roster: Roster, platform: str, name: str) -> Person | None:
    """Return the person with that account, or of that full name."""
    bare = name.strip().lstrip("@")
    by_name = (person for person in roster.people.values() if folded(person.name) == folded(bare))
    return roster.person_at(platform, name) or roster.person_at(platform, bare) or next(by_name, None)


def _role(roster: Roster, site: Site, author: Person | None, told: AuthorRole) -> AuthorRole:
    known = AuthorRole.MEMBER if author is None else author_role(roster.roles(author.key, site))
    return told if known is AuthorRole.MEMBER else known
