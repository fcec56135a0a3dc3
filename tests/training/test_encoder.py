"""The manifest names the encoder's layers that the student was really made of."""

import pytest

from training.encoder import LAYERS, origin


def test_a_student_of_all_chosen_layers_names_each() -> None:
    assert origin(len(LAYERS)).endswith("layers 0 1 2 4 6 7 8 9 10 11")


def test_a_student_of_another_depth_is_refused() -> None:
    with pytest.raises(ValueError, match="6 layers"):
        origin(6)
