"""A model can be written as a BERT classifier only if it is one."""

import pytest

from training import twin


def test_a_model_without_a_first_piece_dense_layer_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"only versions from 2\.0\.0 on"):
        twin.bert({})
