"""Formulas in place of numbers: ``= published.answered / 0.9``, read and worked out.

A formula has numbers, keys, ``+ - * /`` (or ``− × ÷``) and parentheses. A key is written in
full (``channels.phone.lines``), or as one word if it stands in the same table. A minus sign
within a key belongs to the key, so a difference has a space before its minus.
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST = 50  # parentheses in one another; nobody reads more
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)"
    r"|(?P<key>[^\W\d]\w*(?:\.[\w-]+)*)"
    r"|(?P<sign>[-+*/()−×÷]))"
)
_SIGNS = {"−": "-", "×": "*", "÷": "/"}
_NEGATIVE = "negative"
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, _NEGATIVE: 3}
_TWO: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_ALMOST_WHOLE = 1e-12  # relative: 70 × 0.1 is 7, not 7.000000000000001


class FormulaError(ValueError):
    """A formula that cannot be read or worked out; ``wanted`` names a sentence of the faults."""

    def __init__(self, wanted: str, **values: object) -> None:
        self.wanted, self.values = wanted, values
        super().__init__(wanted)


@dataclass(frozen=True)
class Formula:
    """A formula in postfix order: numbers, keys (as ``Key``) and signs."""

    steps: tuple[float | Key | str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys in it, as written, each once."""
        return tuple(dict.fromkeys(step.name for step in self.steps if isinstance(step, Key)))

    def value(self, of: Callable[[str], float]) -> float | int:
        """Return its value, given those of its keys; a whole number as one.

        Raises
        ------
        FormulaError
            If it divides by zero, or gives no finite number.
        """
        stack: list[float] = []
        for step in self.steps:
            if isinstance(step, Key):
                stack.append(float(of(step.name)))
            elif not isinstance(step, str):
                stack.append(step)
            elif step == _NEGATIVE:
                stack.append(-stack.pop())
            else:
                right, left = stack.pop(), stack.pop()
                if step == "/" and right == 0:
                    raise FormulaError("formula_by_zero")
                stack.append(_TWO[step](left, right))
        (found,) = stack
        if not math.isfinite(found):
            raise FormulaError("formula_finite")
        nearest = round(found)
        return nearest if abs(found - nearest) <= _ALMOST_WHOLE * abs(found) else found


@dataclass(frozen=True)
class Key:
    """A key in a formula."""

    name: str


def is_formula(node: object) -> bool:
    """Tell whether a value of a file is a formula."""
    return isinstance(node, str) and node.lstrip().startswith("=")


@lru_cache(maxsize=10_000)
def read(written: str) -> Formula:
    """Return the formula that a text such as ``"= 2 * horizon.days"`` writes.

    Raises
    ------
    FormulaError
        If it is none.
    """
    steps: list[float | Key | str] = []
    signs: list[str] = []
    operand_next, depth = True, 0
    for kind, token in _tokens(written.lstrip().removeprefix("=")):
        if kind != "sign":
            if not operand_next:
                raise FormulaError("formula_form", at=token)
            steps.append(Key(token) if kind == "key" else _number(token))
            operand_next = False
        elif token == "(" or (operand_next and token in "+-"):
            if token == "(" and not operand_next:
                raise FormulaError("formula_form", at=token)
            depth += token == "("
            if depth > _DEEPEST:
                raise FormulaError("formula_form", at=token)
            if token != "+":
                signs.append("(" if token == "(" else _NEGATIVE)
        elif operand_next:
            raise FormulaError("formula_form", at=token)
        else:
            operand_next = token != ")"
            _settle(signs, steps, token)
            depth -= token == ")"
    if operand_next:
        raise FormulaError("formula_short")
    _settle(signs, steps, "")
    return Formula(tuple(steps))


def _settle(signs: list[str], steps: list[float | Key | str], token: str) -> None:
    """Move the signs that bind before *token* from those that wait to the steps."""
    least = _RANK.get(token, 0)
    while signs and signs[-1] != "(" and _RANK[signs[-1]] >= least:
        steps.append(signs.pop())
    if token == ")":
        if not signs:
            raise FormulaError("formula_form", at=token)
        signs.pop()
    elif token:
        signs.append(token)
    elif signs:
        raise FormulaError("formula_short")


def _number(token: str) -> float:
    try:
        found = float(token)
    except ValueError:  # underscores where Python has none
        raise FormulaError("formula_form", at=token) from None
    if not math.isfinite(found):
        raise FormulaError("formula_finite")
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each number, key and sign."""
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError("formula_form", at=text[place:].split()[0])
        kind = str(match.lastgroup)
        token = match[kind]
        yield kind, _SIGNS.get(token, token)
        place = match.end()
