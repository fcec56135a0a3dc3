"""The phases of training: what each shows how often, at which rate, and what it goes on from."""

from dataclasses import dataclass

from training.batches import Mix


@dataclass(frozen=True)
class Phase:
    """One stretch of training; the rate falls linearly from ``first_rate`` to ``last_rate``."""

    name: str
    mix: Mix
    texts: int
    first_rate: float
    last_rate: float
    after: str | None = None
    pace: float = 1.0

    def rate(self, done: float, step: int) -> float:
        """The learning rate when a share ``done`` of the phase is over; the first steps are gentle."""
        return (self.first_rate + (self.last_rate - self.first_rate) * done) * min(1.0, (step + 1) / 500)


PUBLIC = {
    "dynahate": 6.0,
    "sbic": 3.0,
    "convabuse": 3.0,
    "surge": 2.0,
    "perturbed": 2.0,
    "chat_discord_students": 1.5,
    "ruddit": 0.7,
    "toxic_spans": 0.7,
    "stormfront": 0.7,
    "paradetox": 0.6,
    "presidio": 0.5,
    "chat_ubuntu_irc": 0.25,
    "chat_topical": 0.25,
}
SCHOOL = {
    "jigsaw": 1.0,
    "hatexplain": 0.5,
    "dynahate": 6.0,
    "sbic": 3.0,
    "convabuse": 3.0,
    "surge": 2.0,
    "perturbed": 2.0,
    "chat_discord_students": 5.0,
    "stormfront": 0.7,
    "davidson": 0.5,
    "ruddit": 0.4,
    "toxic_spans": 0.3,
    "paradetox": 0.25,
    "presidio": 0.2,
    "chat_ubuntu_irc": 0.4,
    "chat_topical": 0.3,
}
#: After the corpus, more of what people say in general: direct insults, swearing, ordinary chat.
POLISH = {
    "jigsaw": 1.6,
    "hatexplain": 0.5,
    "dynahate": 7.0,
    "sbic": 4.0,
    "convabuse": 6.0,
    "surge": 3.0,
    "perturbed": 6.0,
    "chat_discord_students": 7.0,
    "stormfront": 0.8,
    "davidson": 0.5,
    "ruddit": 0.4,
    "toxic_spans": 0.3,
    "paradetox": 0.4,
    "presidio": 0.2,
    "chat_ubuntu_irc": 0.4,
    "chat_topical": 0.4,
}
#: Last, with more writers in the corpus: more of what is far from a school, so that it is not forgotten.
BROADEN = POLISH | {
    "jigsaw": 2.0,
    "hatexplain": 0.7,
    "sbic": 5.0,
    "convabuse": 4.0,
    "surge": 4.0,
    "chat_discord_students": 6.0,
    "stormfront": 1.2,
    "ruddit": 0.6,
    "toxic_spans": 0.6,
    "statements": 1.5,
}
#: At the end the same once more, with more disguises and more pieces left out: what is met again looks new each time.
STEADY = BROADEN | {"dynahate": 8.0, "perturbed": 7.0, "statements": 2.5}
#: The writers who came in during the phase before, and those who are new: what was seen least is shown most.
RECENT = (
    "agate-en", "ambar-es", "basalt-both", "beryl-both", "cobre-both", "coral-both", "cuarzo-es", "feldspar-en",
    "flint-en", "garnet-both", "jade-both", "lapis-en", "mica-en", "nacar-es", "obsidian-both", "onyx-en",
    "opal-both", "perla-es", "pyrite-en", "quartz-en", "slate-en", "topaz-both", "turquesa-es", "zafiro-es",
)  # fmt: skip
NEWEST = (
    "cinder-en", "cypress-en", "delta-both", "fresno-es", "ginger-en", "granite-en", "heron-both",
    "indigo-en", "jacaranda-es", "kelp-both", "lark-en", "maguey-es", "nutmeg-both", "orchid-en",
    "pecan-both", "poplar-es", "quetzal-es", "raven-both", "saffron-both", "sorrel-en", "tamarindo-es",
    "thyme-both", "tulip-both", "umber-en", "violet-both", "walnut-both", "yarrow-en", "zinnia-es",
)  # fmt: skip
FRESHEN = (
    STEADY
    | {"jigsaw": 1.5, "perturbed": 9.0, "convabuse": 5.0, "chat_discord_students": 8.0, "statements": 2.0}
    | {f"corpus:{writer}": 3.0 for writer in RECENT}
    | {f"corpus:{writer}": 5.0 for writer in NEWEST}
)
PHASES = {
    "public": Phase("public", Mix(PUBLIC, corpus_rate=4.0), 500_000, 1.5e-4, 8e-5, pace=3.0),
    "school": Phase("school", Mix(SCHOOL, corpus_rate=4.0), 480_000, 1.2e-4, 1e-6, after="public"),
    "polish": Phase("polish", Mix(POLISH, corpus_rate=4.0), 800_000, 1e-4, 1e-6, after="school"),
    "broaden": Phase("broaden", Mix(BROADEN, corpus_rate=3.5), 800_000, 1e-4, 1e-6, after="polish"),
    "steady": Phase(
        "steady",
        Mix(STEADY, corpus_rate=3.0, disguised=0.25, corpus_disguised=0.35, thinned=0.5),
        600_000,
        1e-4,
        1e-6,
        after="broaden",
    ),
    "freshen": Phase(
        "freshen",
        Mix(FRESHEN, corpus_rate=1.8, disguised=0.25, corpus_disguised=0.35, thinned=0.5),
        600_000,
        1e-4,
        1e-6,
        after="steady",
    ),
}
