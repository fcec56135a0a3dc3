"""Draws a case for one reader: what it is, whom to call, how it stands, and the buttons that this reader may use."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bot.alerts.story import LATER, person_name, story
from bot.cases.case import Case
from bot.cases.closing import wants_call
from bot.cases.routing import may_decide, route
from bot.cases.status import UNDECIDED, may_ask_removal, may_follow
from bot.domain.assessments import Judgement
from bot.domain.cases import CaseKind, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.roster import Roster
from bot.evidence.permission import who_permits
from bot.interface.alerts import alert_card, moved_card, report_card, review_card, safety_card
from bot.interface.cards import Card, Fact, Verb
from bot.interface.texts import Text, text
from bot.policy.routes import Agency, Route
from bot.policy.rules import Handling, Incident, Rule
from bot.policy.schema import Pack
from bot.store.deliveries import SHARED
from bot.store.watches import WatchKind

REPORTED = "report"
"""The rule of a case that began with a person's report."""

MOST_AGENCIES = 4
"""A card is read in a hurry: the first few agencies stand on it, in the order of calling."""

MOST_LINES = 8
"""The latest of what happened; what to mind comes after it, and must not be pushed off the card."""

_CALLED_FOR = frozenset(
    {Incident.THREAT, Incident.SEXUAL_IMAGES, Incident.CHILD_ABUSE, Incident.SELF_HARM, Incident.CRIME}
)
"""Incidents whose card says at once whom to call, from high severity on (R17-R19)."""

_BUTTONS: dict[Verb, EventKind] = {
    Verb.ACKNOWLEDGE: EventKind.ACKNOWLEDGED,
    Verb.CALLED: EventKind.CALLED,
    Verb.ESCALATE: EventKind.ESCALATED,
    Verb.CONFIRM: EventKind.CONFIRMED,
    Verb.DISMISS: EventKind.DISMISSED,
    Verb.REMOVAL: EventKind.REMOVAL_ASKED,
    Verb.PERMIT: EventKind.PERMITTED,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a card is for: a person's key, or `SHARED` for a site's alert channel; and the language it is drawn in."""

    recipient: str
    language: str


def withholds(case: Case, pack: Pack) -> bool:
    """Whether no card of the case may carry words or link (R16).

    Possible sexual content, by machine or by a person's finding; pictures that nobody opens, by what the matter is; and
    whatever pictures somebody reported: no machine has seen them, and a person found something wrong.
    """
    rule = _rule(case, pack)
    images = rule is not None and rule.act.route is Incident.SEXUAL_IMAGES
    if images or Category.SEXUAL in case.judgement.categories or (case.pictures and case.reports):
        return True
    cautions = {caution for item in routes(case, pack) for caution in item.cautions}
    return case.pictures and "no_download" in cautions


def shows_words(case: Case, roster: Roster, pack: Pack, recipient: str) -> bool:
    """Whether this recipient's card shows an excerpt: permission stands, nothing withholds it, and they are told."""
    if not case.permitted or case.snapshot is None or case.kind is CaseKind.REVIEW or withholds(case, pack):
        return False
    if case.watch == WatchKind.RETALIATION:
        return False  # the card says no more than that it concerns someone protected (R26)
    return recipient == SHARED or _is_told(case, roster, recipient)


def draw(
    case: Case, roster: Roster, pack: Pack, reader: Reader, *, words: str | None = None, reached: Collection[str] = ()
) -> Card:
    """Return the card of `case` for `reader`.

    `words` is the comment's text where `shows_words` allows it. `reached` are the recipients who have a card already:
    a next contact is told who could not be reached.
    """
    routing = route(roster, case.site, case.concern)
    if reader.recipient in routing.barred:
        return moved_card()
    if reader.recipient != SHARED and not _is_told(case, roster, reader.recipient):
        warned = reader.recipient in routing.warned
        return safety_card(case.judgement.severity, channel=case.channel.name) if warned else moved_card()
    lines = (*_unreached(case, roster, reader, reached), *standing(case, roster, pack, reader.language))
    buttons = tuple(_buttons(case, roster, reader.recipient))
    if case.kind is CaseKind.REVIEW:
        return review_card(
            case.token,
            str(case.cause),
            channel=case.channel.name,
            permalink=case.permalink,
            lines=lines,
            buttons=buttons,
        )
    withheld = withholds(case, pack)
    if case.judgement.rule == REPORTED:
        return report_card(
            case.token,
            case.judgement.severity,
            channel=case.channel.name,
            permalink=case.permalink,
            words=words,
            withheld=withheld,
            lines=lines,
            buttons=buttons,
        )
    return alert_card(
        case.token,
        _with_bulletins(case, pack),
        channel=case.channel.name,
        permalink=case.permalink,
        words=words or None,
        withheld=withheld,
        lines=(*lines, *_advice(case, pack, reader.language)),
        route=tuple(steps_to_call(case, pack, reader.language)),
        buttons=buttons,
    )


def standing(case: Case, roster: Roster, pack: Pack, language: str) -> Iterator[Text]:
    """Yield what happened to the case, one line each, as far as it matters to whoever reads the card now."""
    if case.reports and not (case.reports == 1 and case.judgement.rule == REPORTED):
        yield text("alert.reported", count=case.reports)
    if case.status in UNDECIDED and any(event.rule for event in case.events if event.kind is EventKind.REPORTED):
        yield text("alert.reported_danger")
    if case.watch:
        yield text(f"alert.watch.{case.watch}")
    if case.removal_wanted and not case.happened(EventKind.REMOVED):
        yield text("alert.removal_wanted")
    yield from list(story(case, roster, pack, language, without=LATER))[-MOST_LINES:]


def routes(case: Case, pack: Pack) -> tuple[Route, ...]:
    """Return the pack's routes for the case: those of its rule's incident, between these two people, as severe."""
    rule = _rule(case, pack)
    if rule is None or rule.act.route is None:
        return ()
    found = pack.routes_for(rule.act.route, case.author_role, case.target_role)
    return tuple(item for item in found if case.judgement.severity in item.severity)


def agency_fact(agency: Agency, number: int, pack: Pack, language: str) -> Fact:
    """Return an office with its numbers, dated, to be verified before use (R35)."""
    label = text("alert.step", number=number, name=agency.name.in_(language))
    if not agency.phones:
        return Fact(label, text("alert.no_phone"))
    dated = agency.as_of.isoformat() if agency.as_of else "?"
    verify = pack.routes.verify.in_(language)
    return Fact(label, text("alert.phones", phones=" / ".join(agency.phones), date=dated, verify=verify))


def _rule(case: Case, pack: Pack) -> Rule | None:
    return pack.rule(case.judgement.rule) if case.judgement.rule else None


def _is_told(case: Case, roster: Roster, recipient: str) -> bool:
    """Whether a recipient has the case's own card: a decider, or someone whom routing tells."""
    told = route(roster, case.site, case.concern)
    on_ladder = {step.person for step in told.ladder}
    return may_decide(roster, case.site, recipient, case.concern) or recipient in {*told.told, *on_ladder}


def _buttons(case: Case, roster: Roster, recipient: str) -> Iterator[Verb]:
    decides = recipient == SHARED or may_decide(roster, case.site, recipient, case.concern)
    if not decides:
        return
    for verb, kind in _BUTTONS.items():
        fits = may_ask_removal(case.events) if verb is Verb.REMOVAL else may_follow(case.events, kind)
        if case.kind is CaseKind.REVIEW:
            fits = fits and verb in (Verb.ACKNOWLEDGE, Verb.DISMISS)
        if verb is Verb.ESCALATE:
            fits = fits and case.judgement.severity is Severity.CRITICAL
        if verb is Verb.CALLED:
            fits = fits and wants_call(case)
        if verb is Verb.PERMIT:
            asked = recipient == SHARED or recipient in who_permits(case, roster)[:1]
            fits = fits and asked and not case.permitted and case.snapshot is not None
        if fits:
            yield verb
    if case.reports:
        yield Verb.OPEN
    yield Verb.CASE


def _unreached(case: Case, roster: Roster, reader: Reader, reached: Collection[str]) -> Iterator[Text]:
    """Yield the line for a next contact; those whom routing itself tells need none."""
    told = route(roster, case.site, case.first_concern).told
    missing = [key for key in told if key not in reached]
    if reader.recipient not in told and reader.recipient != SHARED and missing and SHARED not in reached:
        yield text("alert.unreached", names=", ".join(person_name(key, roster) for key in missing))


def steps_to_call(case: Case, pack: Pack, language: str) -> Iterator[Fact]:
    """Yield the agencies of a case that cannot wait, in the order of calling."""
    if not _calls(case, pack):
        return
    known = {agency.id: agency for agency in pack.routes.agencies}
    ordered = dict.fromkeys(agency for item in routes(case, pack) for agency in item.agencies)
    for number, agency in enumerate(list(ordered)[:MOST_AGENCIES], 1):
        yield agency_fact(known[agency], number, pack, language)


def _advice(case: Case, pack: Pack, language: str) -> Iterator[Text]:
    """Yield what to mind: the rule's note where nobody broke a rule, the route's cautions where it is critical."""
    rule = _rule(case, pack)
    if rule is not None and rule.act.handling is not Handling.VIOLATION:
        yield text("plain", value=rule.act.note.in_(language))
    if _calls(case, pack):
        found = dict.fromkeys(caution for item in routes(case, pack) for caution in item.cautions)
        for caution in found:
            if caution != "emergency":  # the card begins with that one
                yield text("plain", value=pack.routes.cautions[caution].in_(language))


def _calls(case: Case, pack: Pack) -> bool:
    if case.judgement.severity is Severity.CRITICAL:
        return True
    incidents = {item.incident for item in routes(case, pack)}
    return case.judgement.severity is Severity.HIGH and bool(incidents & _CALLED_FOR)


def _with_bulletins(case: Case, pack: Pack) -> Judgement:
    if case.judgement.severity < Severity.HIGH:
        return case.judgement
    bulletins = [bulletin for item in routes(case, pack) for bulletin in item.bulletins]
    return replace(case.judgement, consult=tuple(dict.fromkeys([*case.judgement.consult, *bulletins])))
