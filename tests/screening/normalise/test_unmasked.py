"""The second reading: masks undone, and everything that only looks like a mask left alone."""

from __future__ import annotations

import pytest

from bot.screening.normalise import normalise

MASKED = {
    "k1ll y0u": "kill you",
    "k1ll y0urself l0ser": "kill yourself loser",
    "@ss": "ass",
    "$tupid": "stupid",
    "5h1t": "shit",
    "b!tch": "bitch",
    "a$$hole": "asshole",
    "w0rthl3ss": "worthless",
    "f*ck you": "fuck you",
    "f**k": "fuck",
    "f*cking": "fucking",
    "sh**": "shit",
    "f#ck": "fuck",
    "(k1ll)": "(kill)",
    "k i l l  y o u": "kill you",
    "k i l l y o u": "kill you",
    "go d i e now": "go die now",
    "s.t.u.p.i.d": "stupid",
    "k-y-s": "kys",
    "k.i.l.l y.o.u": "kill you",
    "s_t_u_p_i_d": "stupid",
    "ki||ll": "kill",
    "ki**ll": "kill",
    "stuuuupid": "stupid",
    "asssss": "ass",
    "killlll": "kill",
    "fück": "fuck",
    "kíll": "kill",
    "perrrra": "perra",
    "cabroooon": "cabron",
    "p.u.t.a": "puta",
    "ch1nga tu m4dre": "chinga tu madre",
    "p*ta": "puta",
    "𝓀𝟷𝓁𝓁": "kill",
    "k\u200b1ll": "kill",
    "7h3y 8ea7 y0u": "they beat you",
    "1a$t": "last",
    "fu3r4": "fuera",
    "5á84d0": "sábado",
    "7od@s a b@il@r": "todas a bailar",
    "g@n@": "gana",
    "clas5": "class",
    "8u7 7he teacher": "but the teacher",
    "c@n't": "can't",
    "W e a r s velcro": "wears velcro",
    "i l l b e a t t h e brakes": "i'll beat the brakes",
    "I g_i_v_e g_e_n_e_r_o_s_i_t_y": "I give generosity",
    "w*a*l*k*i*n*g with": "walking with",
    "F.U.E.R.A": "fuera",
    "I'd p i c k y o u": "I'd pick you",
    "d o n't l e t o n": "d o n't let on",
    "you are 1llegal": "you are illegal",
    "s**t": "shit",
    "f*** you": "fuck you",
    "a**": "ass",
    "!diot": "idiot",
    "p**a": "puta",
    "tont0": "tonto",
    "la man0": "la mano",
    "hall1e": "hallie",
    "Team B k i l l": "Team B kill",
    "x k i l l you": "x kill you",
    "am I f a t": "am I fat",
    "you are a b i t c h a lot": "you are a bitch a lot",
    "k y  s": "kys",
    "f u  c k": "fuck",
    "s t i l l c o n ella": "still con ella",
    "criiiiminal": "criminal",
    "anyonnnne": "anyone",
}


@pytest.mark.parametrize(("text", "unmasked"), MASKED.items())
def test_undoes_masks(text: str, unmasked: str) -> None:
    second = normalise(text).unmasked
    assert second is not None
    assert second.text == unmasked


@pytest.mark.parametrize(
    "text",
    [
        "The homework is due on Friday, see page 45.",
        "it costs $5, room 101 at 3:00, v2.0, 10/12/2026, 50%",
        "call (626) 555-0199 or 626.555.0199",
        "write to k1ll@example.org or see https://example.org/k1ll?a=$tupid",
        "@smith @ssmith #k1ds",
        "U.S.A. and P.T.A. and I.E.P. in L.A.",
        "A B C D and C D E F G A B C",
        "a, b, c, d",
        "1 2 3 4 5 6",
        "9 a.m. - 3 p.m.",
        "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6",
        "mp3s on the ps5, h2o, k12, b4, gr8, m8, co2, rtx3080",
        "x + y + z = 3",
        "if (a[i] == 0) { k1 = l0; }",
        "my_snake_case __init__ some**kwargs",
        "soooo coooool hahaha yesss",
        "*very* important, _really_",
        "café, corazón, mañana, pingüino, bombón",
        "naïve façade",
        "i18n k8s utf8 sha256 ipv6",
        "covid19 and 2nd, 3rd, 4th",
        "e.g. this, i.e. that",
        "Ke$ha and A$AP",
        "thanks!!! wow!!1",
        "🎉🎉🎉",
        "Perro, calle, carro, leer, acción",
        "team5 meets at 5pm, 3ra llamada, 4to grado, 1er lugar, 2am, 7th, 3D, 10k, 8ft",
        "rock n roll, R&B, A/B, x y z, t b h",
        "I got an A+ on my test! C+ is fine, B- too",
        "play C#m then A, a+s, a_s, f+g, f*t, r*t, s_x, d_e, h*e, c+a+t",
        "rất vui, chị hằng, Hòe",
        "t f t t f; answers: a b c d a c d b; rhyme a b a b c d c d; w a s d; vowels a e i o u; c d e f g a b",
        "P E M D A S, x o x o, h h h h, | a | b | c | d |",
        "1v1 me, 3v3, 4v4, 10s, 50y free, 10l, 10t, 51x",
    ],
)
def test_ordinary_text_has_no_second_reading(text: str) -> None:
    assert normalise(text).unmasked is None


def test_the_mask_is_found_in_the_original() -> None:
    text = "hey ｋ１ｌｌ  y o u\u200b"
    second = normalise("go k i l l  them").unmasked
    assert second is not None
    start = second.text.index("kill")
    assert second.span(start, start + 4) == (3, 10)
    second = normalise(text).unmasked
    assert second is not None
    start = second.text.index("kill")
    assert text[slice(*second.span(start, start + 4))] == "ｋ１ｌｌ"
