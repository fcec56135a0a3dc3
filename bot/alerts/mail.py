"""E-mail for contacts who cannot be reached on a platform: severity, code and link, never a word of a comment.

A mail travels and stays outside the school's hands, so it carries less than a card: no quote, no reason, no names, no
buttons. It says that something waits, how urgent it is, and where to read it. The case's code is random and says
nothing of its own; whoever may decide on the case finds it by the code, in chat or with a call, also where there is no
link. Whoever may not see the case gets a card without its buttons, and so no code.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from bot.alerts.contacts import MAIL
from bot.errors import PlatformError, SettingsError
from bot.interface.cards import Card, Verb
from bot.interface.texts import say, text
from bot.platform.protocol import Delivery, Recipient

PATIENCE = 20.0
"""Seconds that the mail server may take for one mail."""

_LOOKS = "SMTP_URL must look like smtps://user:password@mail.example.org?from=guard@example.org."
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]{1,64}@[^@\s<>,;\x00-\x1f]{1,190}")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `secure` is `tls` (from the first byte), `starttls`, or `none` on this machine only."""

    host: str
    port: int
    secure: str
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read `SMTP_URL`: `smtps://user:password@host:465?from=guard@example.org`, or `smtp://…` with STARTTLS.

        Raise `SettingsError`, which never repeats the password.
        """
        # What these errors say may repeat the password, so none of them is passed on.
        try:
            parts = urlsplit(url)
        except ValueError:
            raise SettingsError(_LOOKS) from None
        sender = next(
            (value for name, _, value in (p.partition("=") for p in parts.query.split("&")) if name == "from"), ""
        )
        sender = unquote(sender) or unquote(parts.username or "")
        try:
            port = parts.port
        except ValueError:
            raise SettingsError("SMTP_URL has a port that is no number.") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError(_LOOKS)
        if not _ADDRESS.fullmatch(sender):
            raise SettingsError("SMTP_URL must end in ?from=ADDRESS, the address that mails come from.")
        tls = parts.scheme == "smtps"
        secure = "tls" if tls else "none" if parts.hostname in _LOOPBACK else "starttls"
        given = (unquote(value) if value else None for value in (parts.username, parts.password))
        return cls(parts.hostname, port or (465 if tls else 587), secure, sender, *given)


class Mail:
    """Delivers cards as mails. A mail that was sent cannot be redrawn."""

    name = MAIL

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        """Send what `card` is about to the address in `to.person`; raise `PlatformError` when no server takes it."""
        if to.person is None or not _ADDRESS.fullmatch(to.person):
            raise PlatformError("That is no e-mail address.")
        message = self.written(card, to.person, language)
        server = self._server
        try:
            await aiosmtplib.send(
                message,
                sender=server.sender,
                recipients=[to.person],
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.secure == "tls",
                start_tls=server.secure == "starttls",
                tls_context=None if server.secure == "none" else ssl.create_default_context(),
                timeout=PATIENCE,
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise PlatformError(f"The mail server did not take a mail ({type(error).__name__}).") from error
        return Delivery(MAIL, str(message["Message-ID"]))

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        """Leave a mail as it was sent; the card in chat, or the link in it, shows what has changed."""

    def written(self, card: Card, address: str, language: str) -> EmailMessage:
        """Return the mail: urgent lines, what the title says, the case's code, the link."""
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = address
        message["Subject"] = _one_line(say(card.title, language))
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain="crossing-guard.invalid")
        message["Auto-Submitted"] = "auto-generated"
        urgent = [say(line, language) for line in card.urgent]
        code = _code(card)
        case = [say(text("mail.case", code=code), language)] if code else []
        link = [card.link] if card.link else []
        parts = [*urgent, say(card.title, language), *case, *link, say(text("mail.why"), language)]
        message.set_content("\n\n".join(parts) + "\n")
        return message


def _code(card: Card) -> str | None:
    """Return the code of the case that a card's buttons are about, as `Case.code` gives it; `None` without any."""
    for button in card.buttons:
        if button.verb is Verb.CASE:
            try:
                return UUID(button.token).hex[:8]
            except ValueError:
                continue
    return None


def _one_line(words: str) -> str:
    return " ".join(words.split())[:200]
