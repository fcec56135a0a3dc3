"""What a set or a writer said, as labels."""

import math

from training.labels import CATEGORIES, LABELS, harmful, innocent, public


def test_a_disclosure_is_not_toxic() -> None:
    found = harmful(["abuse_disclosure"], "critical")
    assert found["toxicity"] == 0
    assert found["abuse_disclosure"] == 1


def test_an_attack_is_toxic_and_leaves_neighbours_open() -> None:
    found = harmful(["bullying"], "medium")
    assert found["toxicity"] == found["bullying"] == 1
    assert math.isnan(found["harassment"])
    assert found["self_harm"] == 0


def test_a_threat_with_an_attack_on_a_group_is_both() -> None:
    found = harmful(["threat", "identity_attack"], "critical")
    assert found["threat"] == found["identity_attack"] == found["toxicity"] == 1


def test_innocent_is_no_for_all_but_swearing_leaves_obscene_open() -> None:
    assert set(innocent("see you at practice").values()) == {0.0}
    assert math.isnan(innocent("that exam was shit lol")["obscene"])


def test_public_sets_say_nothing_of_what_they_were_not_asked() -> None:
    toxic, calm = public(toxicity=1.0), public(toxicity=0.0)
    assert math.isnan(toxic["threat"])
    assert math.isnan(toxic["bullying"])
    assert all(calm[name] == 0 for name in CATEGORIES)
    assert set(toxic) == set(LABELS)
