"""What the register and the roster know of a comment's place and people, kept in memory and refreshed on change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.channels import RegisteredChannel
from bot.domain.comments import AuthorRole, ChannelRef, Comment
from bot.domain.people import DECIDERS, SiteRole
from bot.domain.roster import Roster, Site, author_role
from bot.screening.seams import Facts
from bot.store import Store

REFRESH_AFTER = timedelta(seconds=5)
"""How long another process's change may go unnoticed; this process's own are noticed at once."""


class Known:
    """Answers who and what a comment is about, so that it is judged by the right rules.

    Someone on the roster is judged as what they are there; anyone else as the platform says, or as an unknown member.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._seen: tuple[int, int] | None = None
        self._looked_at = clock()
        self.roster: Roster | None = None
        self.channels: Mapping[ChannelRef, RegisteredChannel] = {}

    async def refresh(self) -> None:
        """Read roster and register again if they may have changed; raise `StoreError` when that is impossible."""
        now = self._clock()
        changes = (self._store.registry.changes, self._store.channels.changes)
        if changes == self._seen and now - self._looked_at < REFRESH_AFTER:
            return
        self.roster = await self._store.registry.read()
        self.channels = {item.registered.ref: item.registered for item in await self._store.channels.all()}
        self._seen, self._looked_at = changes, now

    async def facts_of(self, comment: Comment) -> Facts:
        """Return what detectors and the judge may know of `comment`."""
        await self.refresh()
        where = comment.ref.channel
        channel = self.channels.get(where)
        kind = Facts().channel_kind if channel is None else channel.kind
        site = None if self.roster is None else self.roster.site_of(where)
        if self.roster is None or site is None:
            return Facts(kind, comment.author.role, comment.author.name, attachments=comment.attachments)
        person = self.roster.person_at(where.platform, comment.author.id)
        role = AuthorRole.MEMBER if person is None else author_role(self.roster.roles(person.key, site))
        return Facts(
            channel_kind=kind,
            author_role=comment.author.role if role is AuthorRole.MEMBER else role,
            author_name=comment.author.name,
            author_is_rostered=person is not None,
            addressed_roles=_addressed(self.roster, site, comment),
            attachments=comment.attachments,
            staff_names=_staff_names(self.roster, site),
            official_contacts=_official_contacts(self.roster),
        )


def _addressed(roster: Roster, site: Site, comment: Comment) -> frozenset[AuthorRole]:
    """The roles of the rostered people whom the comment mentions."""
    people = (roster.person_at(comment.ref.channel.platform, account) for account in comment.mentions)
    roles = (author_role(roster.roles(person.key, site)) for person in people if person is not None)
    return frozenset(roles) - {AuthorRole.MEMBER}


def _staff_names(roster: Roster, site: Site) -> tuple[str, ...]:
    staff = DECIDERS | {SiteRole.STAFF}
    return tuple(person.name for person in roster.people.values() if roster.roles(person.key, site) & staff)


def _official_contacts(roster: Roster) -> frozenset[str]:
    """The addresses of the roster's own people: theirs to share in their school's channels."""
    return frozenset(person.email for person in roster.people.values() if person.email)
