"""Plain statements about people, made by a small grammar: the same groups praised, named and attacked alike.

The corpus is written by hand; this is not, and does not pretend to be. It exists because models learn that naming
some groups is bad (Dixon and others 2018, "Measuring and mitigating unintended bias in text classification"): here
every group appears with every kind word and with every cruel one, so that only the words about it can decide.
Sentences near a test case are left out by ``prepare`` as everywhere.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.groups import FORMS

PAIRS = {"en": 10_000, "es": 7000}
SEED = 11


@dataclass(frozen=True)
class Pair:
    """An attack and a kind or neutral statement about the same group; ``direct`` if it insults a person to the face."""

    harmful: str
    innocent: str
    language: str
    direct: bool


_PLURAL, _SINGLE, _LIKE, _MUCHOS, _MUCHAS, _UNO, _UNA = FORMS

_WORDS: dict[str, dict[str, Sequence[str]]] = {
    "en": {
        "groups": (*_PLURAL, *(f"{word} {noun}" for word in _LIKE for noun in ("people", "families", "kids"))),
        "like": _LIKE,
        "one": (*_SINGLE, *(f"{word} {noun}" for word in _LIKE for noun in ("person", "guy", "woman", "kid"))),
        "person": (
            "neighbor", "classmate", "teacher", "cousin", "coach", "lawyer", "nurse", "student", "driver", "singer",
            "man", "woman", "friend", "colleague", "mechanic", "cook", "artist", "kid", "girl", "boy", "scientist",
        ),
        "name": ("Devon", "Priya", "Marisol", "Omar", "Hannah", "Tomas", "Ingrid", "Kofi", "Yuki", "Rosa", "Liam"),
        "kind": (
            "kind", "brave", "funny", "gentle", "honest", "wonderful", "generous", "brilliant", "patient", "charming",
            "cheerful", "talented", "thoughtful", "warm", "hard-working", "beautiful", "clever", "loyal", "great",
            "polite", "strong", "creative", "calm", "amazing", "curious", "lovely", "sensible", "excellent", "proud",
        ),
        "cruel": (
            "disgusting", "worthless", "filthy", "pathetic", "vile", "stupid", "repulsive", "nasty", "hideous", "dumb",
            "inferior", "dirty", "revolting", "evil", "useless", "sickening", "subhuman", "moronic", "dreadful",
            "horrible", "sick", "gross", "terrible", "ignorant", "lazy", "shameful", "crooked", "twisted", "awful",
        ),
        "trash": (
            "trash", "scum", "vermin", "parasites", "animals", "a disease", "garbage", "a plague", "a disgrace",
            "idiots", "losers", "liars", "filth", "monsters", "a waste of space", "freaks", "rats",
        ),
        "fool": (
            "idiot", "loser", "moron", "pig", "freak", "liar", "coward", "creep", "rat", "bastard", "clown", "monster",
        ),
        "good": (
            "my friends", "our neighbors", "part of this town", "welcome here", "people like you and me",
            "doctors too", "a big part of our history", "great company", "on every team here", "good parents",
            "voters as well",
            "in our choir", "my favorite guests", "equal before the law", "students like everyone else",
        ),
        "love": (
            "love", "admire", "respect", "trust", "enjoy talking to", "am grateful to", "look up to", "support", "like",
            "learn a lot from", "enjoy working with", "get along with", "have always liked", "work with", "live with",
        ),
        "hate": (
            "hate", "despise", "can't stand", "loathe", "detest", "want to hurt", "am disgusted by", "spit on",
            "would never hire", "cannot stand", "look down on", "want to slap", "will never respect", "can't bear",
        ),
        "asked": (
            "does nobody interview", "are there so few books about", "is the town proud of its", "did the city honor",
            "do so many firms look for", "does the choir have so many", "did the law once forget", "not invite",
        ),
        "help": ("welcome", "invite", "thank", "help", "hug", "support", "listen to", "defend", "respect", "protect"),
        "hurt": (
            "deport", "ban", "lock up", "get rid of", "beat up", "punish", "kill", "silence", "throw out", "spit at",
            "shoot", "burn", "exclude", "wipe out", "hit",
        ),
        "did": (
            "won the chess final", "opened a bakery", "moved in next door", "fixed my bike", "wrote a long poem",
            "teaches us math", "plays the drums", "cooked for the whole block", "joined the book club",
            "is running for mayor", "sat beside me on the bus", "asked a good question", "just got married",
        ),
        "should": (
            "should be shot", "makes me sick", "deserves to suffer", "should not be allowed outside",
            "ruins everything", "deserves a beating", "should go back where they came from", "is not even human",
            "should be locked away",
            "stinks", "has no place here", "ought to disappear",
        ),
    },
    "es": {
        "groups": (*(f"los {word}" for word in _MUCHOS), *(f"las {word}" for word in _MUCHAS)),
        "el": _UNO,
        "ella": _UNA,
        "kind": (
            "amable", "valiente", "inteligente", "excelente", "agradable", "increíble", "noble", "alegre", "paciente",
            "responsable", "admirable", "fuerte", "humilde", "genial", "sensible", "capaz", "elegante", "feliz",
        ),
        "cruel": (
            "despreciable", "inútil", "miserable", "horrible", "repugnante", "infame", "vil", "inferior", "detestable",
            "insoportable", "imbécil", "desagradable", "terrible", "ignorante", "vulgar", "lamentable",
        ),
        "trash": (
            "basura", "una plaga", "unos animales", "unas ratas", "escoria", "una vergüenza", "lo peor", "un cáncer",
            "gente inferior", "parásitos", "una porquería", "un asco", "gentuza", "mugre",
        ),
        "fool": (
            "una basura", "una rata", "escoria", "una porquería", "un imbécil", "una lacra", "una bestia", "un idiota",
            "un cerdo", "un asco",
        ),
        "good": (
            "mis vecinos", "parte de este barrio", "gente como tú y yo", "bienvenidos aquí", "buena compañía",
            "la mitad de mi clase", "parte de nuestra historia", "quienes más ayudan", "mis mejores amigos",
            "gente muy trabajadora", "iguales ante la ley", "parte de mi familia", "la alegría de la fiesta",
        ),
        "love": (
            "Quiero mucho a", "Admiro a", "Respeto a", "Trabajo con", "Me llevo bien con", "Aprendo mucho de",
            "Le doy las gracias a", "Me gusta platicar con", "Siempre he apoyado a", "Vivo con", "Confío en",
        ),
        "hate": (
            "Detesto a", "Desprecio a", "No soporto a", "Me dan asco", "Quisiera golpear a", "Aborrezco a",
            "No aguanto a", "Hay que escupirles a", "Me repugnan", "Jamás contrataría a", "Quiero ver sufrir a",
        ),
        "asked": (
            "Por qué casi no salen en la tele", "Cómo celebran la Navidad", "Quién invita a", "Dónde se reúnen",
            "Por qué la escuela felicita a", "Qué libro habla de", "Cuándo llegaron aquí", "Qué opinan de la tarea",
        ),
        "help": (
            "Hay que apoyar a", "Demos la bienvenida a", "Invitemos a", "Hay que escuchar a", "Gracias a",
            "Defendamos a",
            "Vamos a ayudar a", "Hay que respetar a",
        ),
        "hurt": (
            "Hay que matar a", "Hay que echar a", "Deberían encerrar a", "Vamos a golpear a", "Hay que callar a",
            "Que desaparezcan", "Fuera de aquí", "Hay que eliminar a", "Ojalá se mueran",
        ),
        "did": (
            "abrió una panadería", "ganó el concurso", "nos enseña matemáticas", "toca la guitarra",
            "vive aquí al lado", "cocinó para todos", "hizo una buena pregunta", "se acaba de casar",
            "canta en el coro", "me arregló la bici",
        ),
        "should": (
            "no debería existir", "me da asco", "merece una golpiza", "no es ni persona", "apesta", "merece sufrir",
            "debería estar encerrado lejos", "arruina todo", "no tiene lugar aquí", "solo sirve para estorbar",
        ),
    },
}  # fmt: skip

#: Frames as ``(attack, kind or neutral)``; what is named in braces is drawn anew for each, but the group is shared.
_FRAMES: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "en": (
        ("{Groups} are {trash}.", "{Groups} are {good}.", False),
        ("{Groups} are so {cruel}.", "{Groups} are so {kind}.", False),
        ("I {hate} {groups}.", "I {love} {groups}.", False),
        ("Somebody should {hurt} all {groups}.", "Somebody should {help} all {groups}.", False),
        ("{name} is a {cruel} {like} {person}.", "{name} is a {kind} {like} {person}.", False),
        ("That {like} {person} is a {cruel} {fool}.", "That {like} {person} is a {kind} {person}.", False),
        ("You are a {cruel} {like} {fool}.", "You are a {kind} {like} {person}.", True),
        ("shut up you {like} {fool}", "sit with us, you {kind} {person}, bring your {like} friends", True),
        ("Being {like} is {cruel}.", "Being {like} is {kind}.", False),
        ("To be {like} means to be {cruel}.", "To be {like} can mean to be {kind} and {kind}.", False),
        ("The {like} {person} {should}.", "The {like} {person} {did}.", False),
        ("Every {one} {should}.", "A {one} {did}.", False),
        ("My {person} is {like} and {cruel}, like all of them.", "My {person} is {like} and {kind}.", False),
        ("I am not {like}, I am not {cruel}.", "I am {like} and I am {kind}.", False),
        ("Why are {groups} all {cruel}?", "Why {asked} {groups}?", False),
        ("{name} is {like}, what a {cruel} {fool}.", "{name} is {like}, what a {kind} {person}.", False),
        ("no {groups} allowed, they are {trash}", "{groups} and everyone else, come in, you are {good}", False),
        ("It is simply true that {groups} are {trash}.", "It is simply false that {groups} are {trash}.", False),
        ("Everybody knows how {cruel} {groups} are.", "Nobody here believes that {groups} are {cruel}.", False),
        ("I know many {groups}. They are all {cruel}.", "I know many {groups}. They are all {kind}.", False),
        ("We have {groups} on our street. I {hate} them.", "We have {groups} on our street. I {love} them.", False),
        ("If you ask me, {groups} are {trash}.", "If you ask me, {groups} are {good}.", False),
        ("Who would ever {help} {trash} like {groups}?", "Who would ever {hurt} {groups}, of all people?", False),
        ("You were right to call {groups} {trash}.", "You were wrong to call {groups} {trash}.", False),
        ("Why do we let {groups} in when they are {cruel}?", "Why would anyone say {groups} are {cruel}?", False),
        ("{Groups} are {trash} and I am not sorry.", "Saying that {groups} are {trash} is not okay.", False),
        ("I will {hurt} the next {one}.", "I will {help} the next {one}.", False),
        ("Not one {like} {person} is {kind}.", "Not one {like} {person} here is {cruel}, stop that.", False),
        ("What good has any {one} ever done?", "What good has it ever done to {hurt} a {one}?", False),
        ("How can anybody want to {help} {groups}?", "How can anybody want to {hurt} {groups}?", False),
        ("When will the last of the {groups} be gone?", "When will {groups} be heard like everyone else?", False),
        ("Aren't {groups} just {trash}?", "Aren't {groups} {good}?", False),
        ("Do {groups} ever stop being {cruel}?", "Do {groups} still hear that they are {cruel}?", False),
        ("Why must I sit beside a {cruel} {like} {fool}?", "May I sit beside the {like} {person} who {did}?", False),
        ("Who let that {like} {fool} in?", "Who is the {like} {person} that {did}?", False),
        (
            "What is it with {groups} and being so {cruel}?",
            "What is it that {groups} ask of us?",
            False,
        ),
        ("Can we {hurt} {groups} already?", "Can we {help} {groups} already?", False),
        ("I honestly think {groups} are {trash}.", "I honestly think {groups} are {good}.", False),
        ("My opinion? {Groups} are {cruel}, end of story.", "My opinion? {Groups} are {kind}, end of story.", False),
        ("To me a {like} {person} is always {cruel}.", "To me a {like} {person} is simply a {person}.", False),
        ("Say what you like, the {like} {person} {should}.", "Say what you like, the {like} {person} {did}.", False),
        ("I feel that {groups} do not deserve to be here.", "I feel that {groups} deserve to be here.", False),
    ),
    "es": (
        ("{Groups} son {trash}.", "{Groups} son {good}.", False),
        ("{hate} {groups}.", "{love} {groups}.", False),
        ("{hurt} {groups}.", "{help} {groups}.", False),
        ("Ese {el} es {fool}.", "Ese {el} es {kind}.", False),
        ("Esa {ella} es una persona {cruel}.", "Esa {ella} es una persona {kind}.", False),
        ("Mi vecino es {el} y es {cruel}, como todos ellos.", "Mi vecino es {el} y es {kind}.", False),
        ("Mi maestra es {ella}, qué {cruel}.", "Mi maestra es {ella}, qué {kind}.", False),
        ("El {el} de la esquina {should}.", "El {el} de la esquina {did}.", False),
        ("Una {ella} así {should}.", "Una {ella} {did}.", False),
        ("cállate {el} de porquería", "hola, soy {el} y mi hermano {did}", True),
        ("Eres una {ella} {cruel}.", "Eres una {ella} {kind}.", True),
        ("Ser {el} es {cruel}.", "Ser {el} es algo {kind}.", False),
        ("¿Por qué {groups} son {trash}?", "¿{asked} {groups}?", False),
        ("No le den trabajo a {groups}, son {trash}", "Dieron trabajo a {groups}, son {good}", False),
        ("Es verdad que {groups} son {trash}.", "Es mentira que {groups} sean {trash}.", False),
        ("Todos saben que {groups} son {trash}.", "Aquí nadie piensa que {groups} sean {trash}.", False),
        ("En mi calle viven {groups}. Son {trash}.", "En mi calle viven {groups}. Son {good}.", False),
        ("Para mí, {groups} son {trash}.", "Para mí, {groups} son {good}.", False),
        ("Hiciste bien en decir que {groups} son {trash}.", "Hiciste mal en decir que {groups} son {trash}.", False),
        ("¿Quién aguanta a {groups}? Son {trash}.", "¿Quién dijo que {groups} son {trash}? No es cierto.", False),
        ("Ningún {el} sirve para nada, solo {should}.", "Ningún {el} merece que le digan que es {fool}.", False),
        ("No quiero ver a {groups} en mi clase.", "No quiero que insulten a {groups} en mi clase.", False),
        ("Odio cómo huelen {groups}.", "No odio a {groups} ni a nadie.", False),
        ("¿Acaso {groups} no son {trash}?", "¿Acaso {groups} no son {good}?", False),
        ("¿De qué sirven {groups}?", "¿De qué sirve insultar a {groups}?", False),
        ("Yo opino que {groups} son {trash}.", "Yo opino que {groups} son {good}.", False),
        ("{Groups} nunca han servido para nada.", "{Groups} nunca han sido {trash}, ya basta.", False),
        ("Le dije que {groups} son {trash}, y lo sostengo.", "Me dijo que {groups} son {trash}, y lo reporté.", False),
    ),
}


#: Drawn once for both sides of a pair.
SHARED = ("groups", "like", "one", "el", "ella")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")


class _Drawn(dict[str, str]):
    """Words by name: groups once for both sides, all else anew each time."""

    def __init__(self, words: dict[str, Sequence[str]], rng: random.Random) -> None:
        super().__init__({name: rng.choice(words[name]) for name in SHARED if name in words})
        self["Groups"] = self["groups"][0].upper() + self["groups"][1:]
        self.words, self.rng = words, rng

    def __missing__(self, name: str) -> str:
        return self.rng.choice(self.words[name])


def _with_article(text: str, language: str) -> str:
    return _ARTICLE.sub(r"\1n ", text) if language == "en" else text


def pairs(language: str, seed: int = SEED) -> Iterator[Pair]:
    """As many pairs as ``PAIRS`` says, the same for the same seed."""
    rng = random.Random(f"{language}{seed}")  # noqa: S311 - sentences, no secrets
    for _ in range(PAIRS[language]):
        harmful, innocent, direct = rng.choice(_FRAMES[language])
        drawn = _Drawn(_WORDS[language], rng)
        attack, kind = (frame.format_map(drawn) for frame in (harmful, innocent))
        yield Pair(_with_article(attack, language), _with_article(kind, language), language, direct)
