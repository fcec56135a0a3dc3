"""What a pack looks for: rules, the signals that raise them, and the levels from which they do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.domain.categories import PEOPLE_ONLY, Category
from bot.domain.comments import AuthorRole, ChannelKind
from bot.policy.words import Channels, Id, LevelsByWord, Part, Roles, Text, Word


class Handling(StrEnum):
    """In what spirit people take up what a rule raises."""

    VIOLATION = "violation"
    PRIVACY_SLIP = "privacy_slip"
    """Somebody's data slipped out: take it down, tell the author kindly (R4)."""
    WELFARE = "welfare"
    """Somebody may need help; nobody broke a rule (R19)."""


class Incident(StrEnum):
    """The kinds of incident that have a way to go: which agencies, which bulletins, which cautions (R17-R19)."""

    THREAT = "threat"
    SEXUAL_IMAGES = "sexual_images"
    CHILD_ABUSE = "child_abuse"
    SELF_HARM = "self_harm"
    HATE = "hate"
    SEXUAL_HARASSMENT = "sexual_harassment"
    BULLYING = "bullying"
    STAFF_CONDUCT = "staff_conduct"
    CRIME = "crime"
    PRIVACY = "privacy"
    SECURITY = "security"


class Signal(Part):
    """What raises a rule: a label of the toxicity model, or a detector's finding of a category.

    `at` overrides the pack's shared thresholds. `detector` narrows a finding to the detector of that name. A label
    that the loaded model does not have is simply never reached.
    """

    label: Word | None = None
    finding: Category | None = None
    detector: Word | None = None
    at: LevelsByWord | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.label is None) == (self.finding is None):
            raise ValueError("a signal is either a “label” of the model or a “finding” of a detector")
        if self.detector is not None and self.finding is None:
            raise ValueError("“detector” goes with “finding” only")
        return self


class Thresholds(Part):
    """From which score on each label and each category of findings counts; shared by all rules of a pack."""

    labels: dict[Word, LevelsByWord] = Field(default_factory=dict)
    findings: dict[Category, LevelsByWord] = Field(default_factory=dict)


class AppliesTo(Part):
    """Whom and where a rule concerns; what is left out means everybody and everywhere. A rule may list several.

    `targets` counts only where the roles of the people addressed are known: the rule stays silent when none of them
    is listed.
    """

    authors: Roles = frozenset(AuthorRole)
    channels: Channels = frozenset(ChannelKind)
    targets: Roles = frozenset(AuthorRole)


class Act(Part):
    """What people do about it. `safety_notice`: the target hears of it at once, without the right to decide (R25)."""

    handling: Handling = Handling.VIOLATION
    route: Incident | None = None
    safety_notice: bool = False
    note: Text


class Rule(Part):
    """One rule. Reasons that only people may choose (`PEOPLE_ONLY`, or `people_only: true`) have no signals.

    `netiquette` is the point of the channel's guidelines that is cited where no clause binds the author. `only_if`
    names the switch of the pack that must be on. `off: true` takes an inherited rule out.
    """

    id: Id
    category: Category
    title: Text
    netiquette: Annotated[int, Field(ge=1)]
    act: Act
    signals: tuple[Signal, ...] = ()
    applies_to: Annotated[tuple[AppliesTo, ...], Field(min_length=1)] = (AppliesTo(),)
    only_if: Literal["advertising_by_anyone"] | None = None
    people_only: bool = False
    off: bool = False

    @model_validator(mode="after")
    def _machines_stay_silent_on_what_only_people_may_say(self) -> Self:
        for_people = self.people_only or self.category in PEOPLE_ONLY
        if for_people and self.signals:
            raise ValueError(f"only people may choose “{self.id}”; take its signals out")
        if not for_people and not self.signals:
            raise ValueError(f"the rule “{self.id}” has no signals, so nothing could ever raise it")
        return self


class RulesFile(Part):
    """`rules.yaml`. The order breaks ties between rules of the same severity: the first one is cited."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
