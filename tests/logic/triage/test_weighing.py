"""What counts before anything is fitted, on examples worked by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from kaimen.logic.triage.weighing import SMOOTH, known, log_ratios

# Six texts of two classes; the first feature stands in all texts of one class, the second in two of each.
TEXTS = csr_matrix(np.array([[1, 1], [1, 1], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=np.float32))
RIGHT = np.array([[True, False]] * 3 + [[False, True]] * 3)
APART = np.arange(6)


def test_a_feature_of_one_class_counts_for_more_than_one_of_all() -> None:
    told = known(TEXTS, RIGHT, APART, 2, telling=True).rarity
    plain = known(TEXTS, RIGHT, APART, 2, telling=False).rarity
    # 3.5 and 0.5 of 4: ln 2 less the entropy of 7 to 1; the second is as the texts are, and stays.
    divergence = 0.875 * np.log(0.875 / 0.5) + 0.125 * np.log(0.125 / 0.5)
    assert told[0] == pytest.approx(plain[0] * (1 + 2 * divergence))
    assert told[1] == pytest.approx(plain[1])


def test_a_feature_of_too_few_groups_is_not_known() -> None:
    together = np.array([0, 0, 0, 1, 2, 3])  # the first three are one voice
    assert known(TEXTS, RIGHT, together, 2, telling=True).buckets.tolist() == [1]


def test_log_ratios_speak_for_the_class_that_has_the_feature() -> None:
    ratios = log_ratios(TEXTS, RIGHT)
    mine, others = (3 + SMOOTH) / (5 + 2 * SMOOTH), SMOOTH / (2 + 2 * SMOOTH)
    assert ratios[0, 0] == pytest.approx(np.log(mine / others))
    assert ratios[0, 1] == pytest.approx(-ratios[0, 0])


def test_a_class_without_texts_is_neither_likelier_nor_less_likely() -> None:
    right = np.hstack([RIGHT, np.zeros((6, 1), bool)])
    assert not log_ratios(TEXTS, right)[:, 2].any()
    assert known(TEXTS, right, APART, 2, telling=True).rarity == pytest.approx(
        known(TEXTS, RIGHT, APART, 2, telling=True).rarity
    )
