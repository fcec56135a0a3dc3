"""The first reading: what a person sees, in plain letters; and what must stay as it is."""

from __future__ import annotations

import pytest

from bot.screening.normalise import normalise


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("k\u200bi\u200dl\u2060l\ufeff", "kill"),
        ("ki\u00adll", "kill"),
        ("\U000e0041ki\U000e0042ll\ufe0f", "kill"),
        ("ki\x00\x02ll", "kill"),
        ("𝓀𝒾𝓁𝓁 𝔂𝓸𝓾", "kill you"),
        ("ⓚⓘⓛⓛ", "kill"),
        ("⒦⒤⒧⒧", "kill"),
        ("🅺🅸🅻🅻", "KILL"),
        ("🄺🄸🄻🄻", "KILL"),
        ("ｋｉｌｌ　ｙｏｕ", "kill you"),
        ("🇰🇮🇱🇱 yourself", "KILL yourself"),
        ("k⃣i⃣l⃣l⃣", "kill"),
        ("z̷̡̛a̶͇l̵g̴̐o̵", "zalgo"),
        ("h̴̡͘é̷̢̛", "he"),
        ("ѕtuріd", "stupid"),
        ("yоu аre ѕо ѕtupid", "you are so stupid"),
        ("ᴋɪʟʟ", "kill"),
        ("$tυpid", "$tupid"),
        ("I will kıll you, ı mean ił", "I will kill you, i mean il"),
        ("đo you hate ŧħat", "do you hate that"),
        ("_kill yourself_", "kill yourself"),
        ("so **very _much_ so**, ~~no~~", "so very much so, no"),
        ("__i said it__ (*twice*) ***now***!", "i said it (twice) now!"),
        ("😀 _yo_  <@1>", "😀 yo @someone"),
        ("ⅼоser", "loser"),
        ("don’t “quote” me…", 'don\'t "quote" me...'),
        ("a\u00a0\u2003b\t\tc", "a b c"),
        ("one\r\n\r\n  two", "one\ntwo"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\u0301\u0302", ""),
        ("", ""),
    ],
)
def test_undoes_disguise(text: str, plain: str) -> None:
    assert normalise(text).plain.text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@123456789012345678> hi", "@someone hi"),
        ("<@!123> and <@&456>", "@someone and @someone"),
        ("<@U0123ABCD>, <@U0123ABCD|maria>", "@someone, @maria"),
        ("see <#C012|general> or <#987>", "see #general or #channel"),
        ("<!here> <!channel|channel>", "@here @channel"),
        ("<!subteam^S012|@teachers> <!subteam^S012>", "@teachers @group"),
        ("nice <:lol:123> <a:party:456>", "nice :lol: :party:"),
        ("<https://a.example/x?y=1|the form>", "the form"),
        ("<https://a.example>", "https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("due <t:1618953630:R>", "due (time)"),
        ("use </report:123>", "use /report"),
        ("I &lt;3 R&amp;B, 2 &gt; 1", "I <3 R&B, 2 > 1"),
        ("a < b > c <3 <not markup>", "a < b > c <3 <not markup>"),
    ],
)
def test_reads_platform_markup(text: str, plain: str) -> None:
    assert normalise(text).plain.text == plain


@pytest.mark.parametrize(
    "text",
    [
        "The homework is due on Friday, see page 45.",
        "¿Mañana hay reunión de padres? ¡Sí! El año próximo también: pingüino.",
        "Привет, как дела?",
        "он сказал нет",
        "Καλημέρα σε όλους",
        "Բարեւ ձեզ",
        "مرحبا بكم في المدرسة",
        "שלום לכולם",
        "你好，明天有考试吗".replace("，", " "),
        "안녕하세요 여러분",
        "नमस्ते दोस्तों",
        "สวัสดีครับ",
        "find α and β, then ∠ABC",
        "naïve café, façade, Zoë, Łukasz",
        "go team 🎉 🇺🇸🇲🇽",
        "x² is not x".replace("²", "^2"),
        "5€ or $5 or 5 €",
        "my friend Наташа says hi",
        "my_snake_case __init__ some**kwargs *args",
        "2 * 3 * 4, 2*3*4, f**k, sh**",
        "* milk\n* eggs",
        ">_< -_- hi -_- ^_^ *_*",
        "https://a.example/_x_/y_z",
    ],
)
def test_leaves_honest_writing_alone(text: str) -> None:
    assert normalise(text).plain.text == text


def test_families_and_flags_keep_their_people() -> None:
    assert normalise("👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 ❤️").plain.text == "👨👩👧 🏴 👍🏽 ❤"


def test_a_word_of_look_alikes_alone_is_folded_only_among_latin_words() -> None:
    assert normalise("you are а сосо").plain.text == "you are a coco"
    assert normalise("сосо").plain.text == "сосо"
    assert normalise("это сосо").plain.text == "это сосо"


def test_a_word_between_marks_lies_where_it_was_written() -> None:
    text = "so **kill _you_** now"
    plain = normalise(text).plain
    assert plain.text == "so kill you now"
    start, end = plain.span(3, 11)
    assert text[start:end] == "kill _you"
