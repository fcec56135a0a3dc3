"""Registering a channel: the form a teacher fills in, the card an administrator approves, the news about channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.channels import Lacking, RegisteredChannel
from bot.domain.comments import ChannelKind
from bot.interface.cards import Button, Card, Fact, Tone, Verb
from bot.interface.desk import lacking_text
from bot.interface.forms import Choice, FieldKind, Form, FormField
from bot.interface.texts import Text, text

_KINDS = (ChannelKind.CLASS, ChannelKind.PARENT, ChannelKind.BOOSTER)
MOST_NAMED = 10
"""How many channels a card names."""


def register_form(token: str) -> Form:
    """What is asked of whoever registers a channel (R29, R12): short, because the bot knows the rest."""
    kinds = tuple(Choice(kind.value, text(f"kind.{kind}")) for kind in _KINDS)
    return Form(
        "register",
        token,
        (
            FormField("kind", FieldKind.CHOICE, choices=kinds),
            FormField("grades", FieldKind.LINE, required=False, most=8),
            FormField("notified", FieldKind.LINE, required=False, most=10),
        ),
        told=text("register.told"),
    )


@dataclass(frozen=True, slots=True)
class Entered:
    """A registration as it stands: what it still lacks, and what a person should know before approving it."""

    channel: RegisteredChannel
    responsible: str
    missing: tuple[Lacking, ...] = ()
    warnings: tuple[Text, ...] = ()


def entered_card(entered: Entered, notice: Sequence[str], *, anew: bool = False) -> Card:
    """Return what the applicant is told: who decides now, what is missing, and the notice to send to families.

    `anew` says that the channel is approved already, and stays as it is until this is approved, too.
    """
    lines = [text("register.sent"), *entered.warnings]
    if entered.missing:
        lines.append(text("status.missing", facts=lacking_text(entered.missing)))
    if entered.channel.parents_notified_on is None:
        lines.append(text("register.send_notice"))
        lines += [text("plain", value=paragraph) for paragraph in notice]
    title = "renewal.entered" if anew else "register.entered"
    return Card(title=text(title, channel=entered.channel.name), lines=tuple(lines))


def tell_again_card(notice: Sequence[str]) -> Card:
    """Return what whoever enters a channel anew is told when only its families are to be told again (R12)."""
    paragraphs = (text("plain", value=paragraph) for paragraph in notice)
    return Card(title=text("register.already"), lines=(text("register.tell_again"), *paragraphs))


def approval_card(
    token: str,
    entered: Entered,
    *,
    attested: bool = False,
    approver: str | None = None,
    anew: bool = False,
) -> Card:
    """Return what an administrator approves: the facts, and what to look at first.

    `attested` says that the operator's site file has this approval already: the reader's own, or that of the `approver`
    of this name. `anew` says that other facts are approved already and hold until these are.
    """
    channel = entered.channel
    if attested:
        title = "register.confirm"
        what = text("register.attested") if approver is None else text("register.attested_by", who=approver)
    else:
        title = "renewal.asked" if anew else "register.asked"
        what = text("renewal.approve" if anew else "register.approve")
    lines = [what, *entered.warnings]
    if entered.missing:
        lines.append(text("status.missing", facts=lacking_text(entered.missing)))
    return Card(
        title=text(title, channel=channel.name),
        lines=tuple(lines),
        facts=_facts_of(entered),
        buttons=(Button(Verb.APPROVE, token, Tone.PRIMARY),),
    )


def settled_card(entered: Entered, who: str, day: str) -> Card:
    """Return what stands in the place of `approval_card` once it is decided: the facts, who approved them and when."""
    name = entered.channel.name
    return Card(
        title=text("register.settled", channel=name),
        lines=(text("register.done", who=who, day=day),),
        facts=_facts_of(entered),
    )


def _facts_of(entered: Entered) -> tuple[Fact, ...]:
    channel = entered.channel
    facts = [
        Fact(text("alert.channel"), text("plain", value=channel.name)),
        Fact(text("register.kind"), text(f"kind.{channel.kind}")),
        Fact(text("register.responsible"), text("plain", value=entered.responsible)),
    ]
    if channel.grades:
        facts.append(Fact(text("register.grades"), text("plain", value=channel.grades)))
    if channel.parents_notified_on:
        facts.append(Fact(text("register.notified"), text("plain", value=channel.parents_notified_on.isoformat())))
    return tuple(facts)


def renewal_card(token: str, channel: RegisteredChannel, year: str, *, lapsed: bool) -> Card:
    """Return the yearly reminder: a press renews the registration for the school year (R29)."""
    return Card(
        title=text("renewal.lapsed" if lapsed else "renewal.due", channel=channel.name, year=year),
        lines=(text("renewal.what_to_do"),),
        buttons=(Button(Verb.APPROVE, token, Tone.PRIMARY),),
    )


def concerns_card(
    found: Sequence[tuple[str, Sequence[Text]]], unregistered: Sequence[str], *, title: Text | None = None
) -> Card:
    """Return what should be put right: by channel what is open or missing, then channels that nobody registered.

    What is not named is counted, so that nobody takes the card for everything.
    """
    facts = [
        Fact(text("plain", value=name), sentence) for name, sentences in found[:MOST_NAMED] for sentence in sentences
    ]
    lines = []
    if len(found) > MOST_NAMED:
        lines.append(text("check.more", count=len(found) - MOST_NAMED))
    if unregistered:
        named = ", ".join(unregistered[:MOST_NAMED])
        lines.append(text("check.unregistered", channels=named, count=len(unregistered)))
    return Card(title=title or text("check.title"), lines=tuple(lines), facts=tuple(facts))


def news_card(key: str, channel: str) -> Card:
    """Return one sentence about what became of a watched channel."""
    return Card(title=text(f"news.{key}", channel=channel))
