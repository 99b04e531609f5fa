"""What GB/T 33358-2016 asks of the channels that are not the telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.measures.rates import ratio
from hotline_sim.measures.tally import BINS_PER_DOUBLING
from hotline_sim.scenario.schema import Chat, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.domain import Ints
    from hotline_sim.scenario import Scenario

MEDIA_S = 180.0  # GB/T 33358-2016: SMS and other media answered within 3 min
MAIL_S = 86_400.0  # GB/T 33358-2016: mail answered within 24 h


def answered_within(waits: Ints, limit_s: float) -> float:
    """Return how many waited no longer than a limit, from a tally's bins ``(bins,)``.

    Within a bin (1 % wide) the answered are taken to be spread evenly.
    """
    place = float(np.log2(1.0 + limit_s)) * BINS_PER_DOUBLING
    full = int(place)
    low_s, high_s = 2.0 ** (np.array([full, full + 1]) / BINS_PER_DOUBLING) - 1.0
    into = (limit_s - low_s) / (high_s - low_s)
    return float(waits[:full].sum() + into * waits[full])


def standard_measures(
    scenario: Scenario, offered: Mapping[str, float], waits: Ints
) -> dict[str, float]:
    """Return the shares of media and of mail that were answered as soon as the standard asks.

    ``media_within_3_min``: chats, and messages whose own deadline is no longer than that,
    begun to be answered within 3 min / offered; ``mail_within_24_h``: the other messages,
    within 24 h / offered. Who left and what was still waiting at the end count as not
    answered. *offered* is by channel, *waits* is ``(channels, bins)``; nan without such a
    channel.
    """
    media = [_is_medium(table) for table in scenario.channels.values()]
    mail = [isinstance(table, Message) for table in scenario.channels.values()]
    mail = [message and not medium for message, medium in zip(mail, media, strict=True)]
    asked = np.array([offered[name] for name in scenario.channels])
    return {
        name: ratio(answered_within(waits[kind].sum(axis=0), limit_s), float(asked[kind].sum()))
        for name, kind, limit_s in (
            ("media_within_3_min", media, MEDIA_S),
            ("mail_within_24_h", mail, MAIL_S),
        )
    }


def _is_medium(table: object) -> bool:
    if isinstance(table, Message):
        return table.deadline_s is not None and table.deadline_s <= MEDIA_S
    return isinstance(table, Chat)
