"""Both languages say everything, with the same parameters, within the platforms' limits."""

from __future__ import annotations

import re
import string

import pytest

from bot.domain.categories import Category, Severity
from bot.interface.cards import Button, Verb
from bot.interface.commands import COMMANDS
from bot.interface.forms import Choice, decision_form, dismiss_form, permit_form, reasons, report_form
from bot.interface.texts import COUNTS, LANGUAGES, ONE, Text, catalogue, say, text

RULES = (Choice("threat", Text("category.threat")),)
FORMS = [
    report_form("t"),
    decision_form("confirm", "t", RULES),
    decision_form("removal", "t", RULES),
    dismiss_form("t"),
    permit_form("t"),
]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    english, spanish = catalogue("en"), catalogue("es")
    assert english.keys() == spanish.keys()
    assert {key: placeholders(value) for key, value in english.items()} == {
        key: placeholders(value) for key, value in spanish.items()
    }


def test_nothing_is_left_untranslated() -> None:
    english, spanish = catalogue("en"), catalogue("es")
    assert {key for key in english if english[key] == spanish[key]} <= {"plain", "pair", "listed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_people_meet_has_words(language: str) -> None:
    keys = [f"category.{category}" for category in Category] + [f"severity.{severity}" for severity in Severity]
    keys += [Button(verb, "t").label.key for verb in Verb] + [command.summary.key for command in COMMANDS]
    for form in FORMS:
        keys += [form.title.key, *(field.label.key for field in form.fields), *(f.hint.key for f in form.fields)]
    assert [key for key in keys if not say(Text(key), language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_fit_what_discord_and_slack_allow(language: str) -> None:
    for command in COMMANDS:
        assert len(say(command.summary, language)) <= 100
    for form in FORMS:
        assert len(say(form.title, language)) <= 24  # Slack's modal titles are the shortest
        for field in form.fields:
            assert len(say(field.label, language)) <= 45
            assert len(say(field.hint, language)) <= 100
    for verb in Verb:
        assert len(say(Button(verb, "t").label, language)) <= 75


def test_parameters_are_filled_in_and_may_be_texts_themselves() -> None:
    words = text("alert.title", severity=text("severity.high"))
    assert say(words, "en").startswith("High:")
    assert say(words, "es").startswith("Alta:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_of_a_thing_is_told_as_one(language: str) -> None:
    sisters = [key for key in catalogue(language) if key.endswith(ONE)]
    assert len(sisters) > 20
    for key in sisters:
        several = key.removesuffix(ONE)
        names = placeholders(catalogue(language)[several])
        assert placeholders(catalogue(language)[key]) | set(COUNTS) >= names
        params: dict[str, str | int] = dict.fromkeys(names, 1)
        assert say(text(several, **params), language) == catalogue(language)[key].format(**params)
        params |= dict.fromkeys(set(COUNTS) & names, 2)
        assert say(text(several, **params), language) == catalogue(language)[several].format(**params)


def test_nobody_reads_of_one_hours() -> None:
    plurals = {
        key
        for key, words in catalogue("en").items()
        if re.search(r"\{(count|posted)\} (more )?(?!does)[a-z]+s\b", words)
    }
    assert {key for key in plurals if f"{key}{ONE}" not in catalogue("en")} == set()
    assert say(text("daily.hours", count=1), "en") == "1 hour"
    assert say(text("daily.hours", count=1), "es") == "1 hora"


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "1 channel does not add up", "2 channels do not add up"),
        ("es", "1 canal no cuadra", "2 canales no cuadran"),
    ],
)
def test_numbers_that_do_not_add_up_agree_with_their_channels(language: str, one: str, several: str) -> None:
    assert [say(text("calendar.odd", count=count), language) for count in (1, 2)] == [one, several]


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_that_nothing_agrees_with_stand_behind_what_they_count(language: str) -> None:
    """Only `count` and `posted` choose between one and several; any other number needs words that fit both."""
    rest = {"en": "channels that need a look: 1", "es": "canales que requieren atención: 1"}
    assert rest[language] in say(text("daily.rest", posted=1, screened=1, odd=1), language)
    if language == "es":
        assert say(text("calendar.flagged", count=1, open=1), "es") == "señalados: 1; abiertos: 1"
        summary = say(text("daily.summary", posted=1, flagged=1, open=1), "es")
        assert summary == "1 comentario; señalados o reportados: 1; sin resolver: 1"


def test_one_thing_has_one_spanish_name() -> None:
    other = r"\b(marcad[oa]s?|vacíos|(sin|de) turno|pruebas)\b"
    found = {key for key, words in catalogue("es").items() if re.search(other, words, re.IGNORECASE)}
    assert found == set()


def test_a_parameter_is_never_read_as_a_template() -> None:
    assert say(text("plain", value="{value.__class__} %s {0}"), "en") == "{value.__class__} %s {0}"


def test_a_language_we_do_not_speak_reads_english() -> None:
    assert say(Text("menu.report"), "fr") == "Report to school"


def test_people_only_reasons_come_last() -> None:
    assert [choice.value for choice in reasons()][-4:] == ["defamation", "copyright", "logo", "other"]
