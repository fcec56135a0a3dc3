"""Mail: through a real SMTP server, with severity, code and link and never a word of the comment."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from traceback import format_exception

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.mail import Mail, MailServer
from bot.domain.categories import Category, Severity
from bot.errors import PlatformError, SettingsError
from bot.interface.alerts import moved_card, permission_card, safety_card
from bot.interface.cards import Button, Card, Fact, Quote, Verb
from bot.interface.texts import text
from bot.platform.protocol import Recipient
from bot.store import Store
from tests.alerts.school import ROSTER, School, judged


class Letterbox:
    """Takes every mail, unless it is told to refuse."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, Mail]]:
    box = Letterbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, Mail(MailServer.parse(f"smtp://127.0.0.1:{port}?from=guard%40school.example"))
    finally:
        controller.stop()


async def opened(store: Store, mail: Mail, **changed: object) -> School:
    people = {key: replace(person, email=f"{key}@school.example") for key, person in ROSTER.people.items()}
    people["principal"] = replace(people["principal"], **changed)  # type: ignore[arg-type]
    return await School(store, replace(ROSTER, people=people), mail=mail).open()


async def test_a_contact_without_an_account_gets_a_mail(store: Store, letterbox: tuple[Letterbox, Mail]) -> None:
    box, mail = letterbox
    school = await opened(store, mail, accounts={}, language="es")
    await school.flagged(judged(Severity.HIGH), text="the words nobody may mail")
    (letter,) = box.mails
    assert (letter["To"], letter["From"]) == ("principal@school.example", "guard@school.example")
    body = letter.get_content()
    assert "Alta" in letter["Subject"]
    assert "the words nobody may mail" not in letter.as_string()
    assert "harassment" not in letter.as_string().casefold()
    assert "Los correos nunca llevan comentarios" in body


async def test_a_mail_names_the_case_so_that_its_reader_can_find_it(
    store: Store, letterbox: tuple[Letterbox, Mail]
) -> None:
    box, mail = letterbox
    school = await opened(store, mail, accounts={})
    case = await school.book.read(await school.flagged(judged(category=Category.SEXUAL), text="nobody may mail this"))
    (letter,) = box.mails
    assert case is not None
    assert f"case {case.code}." in letter.get_content()
    assert case.token not in letter.as_string(), "the code finds it; what its buttons carry stays out"
    assert "http" not in letter.get_content(), "a withheld card has no link, so the code is all there is"


@pytest.mark.parametrize(("language", "named"), [("en", "about case 0123abcd."), ("es", "caso 0123abcd.")])
def test_a_question_for_permission_names_its_case_and_neither_channel_nor_people(language: str, named: str) -> None:
    mail = Mail(MailServer.parse("smtp://127.0.0.1:25?from=guard%40school.example"))
    card = permission_card("0123abcd" * 4, "0123abcd", channel="room-12", silent=["Ana Pryce"])
    body = mail.written(card, "a@school.example", language).as_string()
    assert named in mail.written(card, "a@school.example", language).get_content()
    assert "room-12" not in body
    assert "Ana Pryce" not in body


@pytest.mark.parametrize(
    "card",
    [
        moved_card(),
        safety_card(Severity.CRITICAL, channel="room-12"),
        Card(text("moved.title"), buttons=(Button(Verb.CASE, "no-case-at-all"), Button(Verb.SIGNOFF, "ab" * 16))),
    ],
)
def test_whoever_may_not_see_a_case_and_what_is_none_has_no_code(card: Card) -> None:
    mail = Mail(MailServer.parse("smtp://127.0.0.1:25?from=guard%40school.example"))
    assert "case" not in mail.written(card, "a@school.example", "en").get_content().casefold().split()


async def test_closed_direct_messages_fall_through_to_mail(store: Store, letterbox: tuple[Letterbox, Mail]) -> None:
    box, mail = letterbox
    school = await opened(store, mail)
    school.discord.refuses.add("@principal")
    await school.flagged(judged(Severity.HIGH))
    for _ in range(8):
        await school.settle(minutes=1)
    assert [letter["To"] for letter in box.mails] == ["principal@school.example"]


async def test_a_server_that_refuses_is_tried_again(store: Store, letterbox: tuple[Letterbox, Mail]) -> None:
    box, mail = letterbox
    box.refuses = True
    school = await opened(store, mail, accounts={})
    await school.flagged(judged(Severity.HIGH))
    assert not box.mails
    box.refuses = False
    await school.settle(minutes=1)
    assert len(box.mails) == 1


async def test_a_server_that_is_not_there_is_a_platform_that_failed() -> None:
    mail = Mail(MailServer.parse("smtp://127.0.0.1:9?from=guard%40school.example"))
    with pytest.raises(PlatformError, match="mail server did not take"):
        await mail.deliver(Card(text("moved.title")), Recipient(person="a@school.example"), "en")


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_words_of_people_and_no_header_get_into_a_mail(words: str, name: str) -> None:
    mail = Mail(MailServer.parse("smtp://127.0.0.1:25?from=guard%40school.example"))
    card = Card(
        title=text("plain", value=name),
        lines=(text("plain", value="LINE"),),
        facts=(Fact(text("plain", value="LABEL"), text("plain", value="VALUE")),),
        quote=Quote(f"QUOTE{words}"),
        link="https://example.org/c/1",
    )
    letter = mail.written(card, "a@school.example", "en")
    assert not {"LINE", "LABEL", "VALUE", "QUOTE"} & set(letter.get_content().split())
    assert letter.get_all("To") == ["a@school.example"]
    assert "\n" not in letter["Subject"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://mail.example.org?from=a@b.example", "must look like"),
        ("smtps://mail.example.org", "must end in"),
        ("smtps://mail.example.org:hundred?from=a@b.example", "a port that is no number"),
        ("smtps://user:hunter2@mail.example.org?from=nobody", "must end in"),
        ("smtps://user:hunter2/x@mail.example.org?from=a@b.example", "a port that is no number"),
        ("smtps://user:hunter2[x@mail.example.org?from=a@b.example", "must look like"),
        ("smtps://user:hunter2\N{FULLWIDTH NUMBER SIGN}x@mail.example.org?from=a@b.example", "must look like"),
    ],
)
def test_a_wrong_address_of_the_server_is_told_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as told:
        MailServer.parse(url)
    assert "hunter2" not in "".join(format_exception(told.value))


@pytest.mark.parametrize(
    ("url", "secure", "port"),
    [
        ("smtps://u:p@mail.example.org?from=a@b.example", "tls", 465),
        ("smtp://mail.example.org?from=a@b.example", "starttls", 587),
        ("smtp://127.0.0.1:2525?from=a@b.example", "none", 2525),
    ],
)
def test_mail_leaves_this_machine_encrypted_only(url: str, secure: str, port: int) -> None:
    server = MailServer.parse(url)
    assert (server.secure, server.port) == (secure, port)
