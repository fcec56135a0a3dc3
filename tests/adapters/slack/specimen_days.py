"""One example of every card beside the cases: the day, the register, what everybody sees, how a site is set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from bot.alerts.drills import drill_card
from bot.domain.categories import Category, Severity
from bot.domain.channels import Lacking, RegisteredChannel
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import District, LadderStep, Person, Roster, Site
from bot.interface import daily, desk, home, registry
from bot.interface.cards import Button, Card, Fact, Verb
from bot.interface.cases import mine
from bot.interface.desk import lacking_text
from bot.interface.setup import setup_card
from bot.interface.texts import Text, text
from bot.registry.notices import notice_card
from bot.store.drills import Drill, Rung
from tests.adapters.slack.specimens import MONDAY, SITE, SUNDAY, TOKEN, link, plain, specimen

_NUMBERS = (
    daily.ChannelLine("room-12", 143, 143, 1, 2, 1, 0, 143),
    daily.ChannelLine("band-boosters", 20, 20, 0, 0, 0, 1, None, ("unknown",)),
)
_QUIET = daily.DayLine(SUNDAY, 9, 0, 0, on_duty=False)
_BUSY = daily.DayLine(MONDAY, 163, 3, 1)
_WAITS = Fact(
    text("queue.item", severity=text(f"severity.{Severity.HIGH}"), reason=text(f"category.{Category.BULLYING}")),
    text("daily.item_link", channel="room-12", when="2026-11-16 09:58", link=link(35)),
)
_SAMPLE = Fact(text("daily.sample"), text("daily.link", channel="room-12", link=link(41)))
_PROOF = daily.Proof(
    "412: 9f3c-71ab-06de", "▁▃▅▂▂▁▁▃▆▄▂▁▁▇", "▁▁▂▁▁▁▁▁▂▁▁▁▁▃", daily.span_text(6), daily.span_text(150)
)

DAYS = (
    specimen(
        "A day to sign off", "Each evening, to those who may sign: one press signs the days that it names.",
        daily.digest_card, SITE, (_QUIET, _BUSY), _NUMBERS, (_WAITS,), sample=(_SAMPLE,), proof=_PROOF, token=TOKEN,
    ),
    specimen(
        "A day that is signed off", "Stands where the digest stood.",
        daily.signed_card, SITE, MONDAY, who="Dr. Okafor", when="2026-11-16 17:32", late=False, still_open=1,
    ),
    specimen(
        "A day that nobody signed", "A reminder, one person after another.",
        daily.overdue_card, SITE, _BUSY, by="2026-11-16 18:00", before=("Dr. Okafor",), token=TOKEN,
    ),
    specimen("Unsigned days", "The answer to `/guard-signoff`.", daily.unsigned_card, SITE, (_QUIET, _BUSY), 0, TOKEN),
)  # fmt: skip

_CHANNEL = RegisteredChannel(ChannelRef("slack", "T0LINCOLN", "C0ROOM12"), "room-12", ChannelKind.CLASS, grades="6-8")
_ENTERED = registry.Entered(_CHANNEL, "Ms Rivera", (Lacking.PARENTS,))
_NOTICE = ("Dear families, our class uses a channel on Slack. A program reads along, and people decide.",)


def _evidence_notice() -> Card:
    """Return what `bot.evidence.notices` tells: its card is made where it is sent."""
    where = text("evidence.notice.where", number=412, why=text("evidence.where.chat"))
    return Card(text("evidence.notice.opened", who="Ms Rivera", channel="room-12"), lines=(where,))


CHANNELS = (
    specimen(
        "A registration is entered", "To whoever registered a channel, with the notice to send to families.",
        registry.entered_card, _ENTERED, _NOTICE,
    ),
    specimen("Families are to be told again", "To whoever enters a channel whose approval is current.",
             registry.tell_again_card, _NOTICE),
    specimen(
        "A registration to approve", "To the site administrator. Nothing is read before.",
        registry.approval_card, TOKEN, replace(_ENTERED, missing=()), attested=False,
    ),
    specimen(
        "A registration that was approved", "In its place, for everybody who was asked.",
        registry.settled_card, replace(_ENTERED, missing=()), "Ms Rivera", "2026-11-16",
    ),
    specimen("The yearly renewal", "When a school year begins.", registry.renewal_card, TOKEN, _CHANNEL, "2026-2027",
             lapsed=False),
    specimen("The notice in a channel", "In each of the district's languages, before anything is read.",
             notice_card, ("en", "es"), TOKEN),
    specimen(
        "Things to put right", "To the site administrator, each day that something is wrong.",
        registry.concerns_card, (("room-12", (text("check.open_to", who="2 guests"),)),), ("chess-club",),
    ),
    specimen("News of a channel", "When something became of it.", registry.news_card, "archived", "room-12"),
)  # fmt: skip

_POINTS = {1: "Be kind.", 2: "Write about things, not about people's looks.", 3: "Keep private things private."}
_NUMBERS_NOW = home.live_text(home.Live(posted=57, screened=57, unscored=1, open=2, gaps=0))
_LIVE = (Fact(plain("#room-12"), _NUMBERS_NOW),)
_REPORT = mine("R-7K2M9", "2026-11-16", "reviewed")
_AGENCY = Fact(plain("School Police"), plain("(213) 555-0131, as of 2026-08-06"))

EVERYBODY = (
    specimen("A receipt", "To a reporter alone, at once.", desk.receipt_card, "R-7K2M9", unnamed=True),
    specimen(
        "How we talk here", "The answer to `/guard-netiquette`; the second button is for staff.", desk.netiquette_card,
        _POINTS, tuple(Button(verb, "12") for verb in (Verb.NETIQUETTE, Verb.POST_NETIQUETTE)),
    ),
    specimen("The rules", "The answer to `/guard-policy`.", desk.policy_card, "LAUSD social media policy", "2026.1",
             (_AGENCY,), "Contacts age: verify before use."),
    specimen("How a channel is looked after", "The answer to `/guard-status`.",
             desk.status_card, "watched", (), 2, "2026-11-16 10:12", 4),
    specimen("An answer", "Most answers are one sentence.", desk.said, "desk.acknowledged"),
    specimen("Home: how to report", "On everybody's Home tab.", home.report_card),
    specimen("Home: your reports", "How far they are.", home.reports_card, (_REPORT,)),
    specimen("Home: today", "To people who decide at a site.", home.today_card, SITE, MONDAY, _LIVE),
    specimen("Home: your channels", "To teachers.", home.yours_card, (Fact(plain("room-12"), _NUMBERS_NOW),)),
)  # fmt: skip

_SCHOOL = Site(
    "lincoln", SITE, "okafor", designees=("rivera",), supervisor="chen", duty_days=frozenset(range(5)),
    day_closes_at=time(15), sign_off_by=time(18),
    ladder=(LadderStep("rivera"), LadderStep("okafor", timedelta(minutes=15))),
)  # fmt: skip
_ROSTER = Roster(District("Example district"), {"okafor": Person("okafor", "Dr. Okafor")}, {"lincoln": _SCHOOL})
_RUNG = Rung(0, "okafor", timedelta(minutes=30))
_DRILL = Drill(UUID(int=12), "lincoln", False, datetime(2026, 11, 16, 18, tzinfo=UTC), (_RUNG,))
_LADDER = tuple(zip(("Ms Rivera", "Dr. Okafor"), _SCHOOL.ladder, strict=True))


def _role(name: str, role: str) -> Fact:
    return Fact(plain(name), text(f"setup.role.{role}"))


def _channels() -> tuple[Text, Text]:
    return text("setup.channel.watched"), text("setup.channel.waits", facts=lacking_text([Lacking.PARENTS]))


SITES = (
    specimen(
        "How a site is set up", "The answer to `/guard-setup`: what is wrong first.",
        setup_card, _SCHOOL, "America/Los_Angeles",
        wrong=(text("setup.wrong.unreachable", names="Mr Chen"),),
        people=(_role("Dr. Okafor", "site_administrator"), _role("Ms Rivera", "designee")),
        ladder=_LADDER, alerts=None, others=(),
        channels=[Fact(plain(name), state) for name, state in zip(("room-12", "room-7"), _channels(), strict=True)],
    ),
    specimen("A drill", "Nothing happened; it is tried whether alerts arrive.", drill_card, _DRILL, _RUNG, _ROSTER,
             pressable=True),
    specimen("News of evidence", "To the site administrator, whenever it is opened, exported or destroyed.",
             _evidence_notice),
)  # fmt: skip
