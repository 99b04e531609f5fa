"""Tuples by reference in compiled functions: read like the tuples themselves."""

from typing import NamedTuple

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from hotline_sim.compiled import by_reference  # noqa: E402  (it needs Numba)


class Inner(NamedTuple):
    numbers: np.ndarray
    is_open: bool


class Outer(NamedTuple):
    factor: float
    inner: Inner
    numbers: np.ndarray


@numba.njit
def doubled(inner):
    for i in range(len(inner.numbers)):
        inner.numbers[i] *= 2


@numba.njit
def product(outer):
    outer = by_reference(outer)
    doubled(outer.inner)
    return outer.factor * (outer.numbers.sum() + outer.inner.numbers.sum()), outer.inner.is_open


@numba.njit
def misspelt(outer):
    return by_reference(outer).numbres


@pytest.mark.parametrize("is_open", [False, True])
def test_a_tuple_by_reference_is_read_and_its_arrays_are_written(is_open):
    within = np.array([1, 2, 3])
    outer = Outer(0.5, Inner(within, is_open), np.array([4.0, 6.0]))
    assert product(outer) == (0.5 * (10.0 + 12), is_open)
    assert within.tolist() == [2, 4, 6]


def test_tuples_of_one_class_and_other_types_are_other_references():
    whole = Outer(0.5, Inner(np.array([1, 2, 3]), True), np.array([4, 6]))
    assert product(whole) == (0.5 * (10 + 12), True)
    assert product(whole._replace(numbers=np.array([0.25]))) == (0.5 * (0.25 + 24), True)
    assert len(product.signatures) > 1


def test_an_attribute_that_the_tuple_has_not_is_told_when_compiling():
    with pytest.raises(numba.TypingError, match="numbres"):
        misspelt(Outer(1.0, Inner(np.zeros(1), True), np.zeros(1)))
