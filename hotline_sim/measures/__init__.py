"""From contact log and duty table to rates, waits and satisfaction, each defined once."""

from hotline_sim.measures.counter import Counter
from hotline_sim.measures.headline import HeadlineChannels
from hotline_sim.measures.rates import (
    channel_measures,
    connect_rate,
    connect_rate_24h_min,
    department_measures,
    measures_of,
    months_of,
    ratio,
    share_of,
    team_measures,
)
from hotline_sim.measures.standard import standard_measures
from hotline_sim.measures.tally import SERVICE_S, Tally

__all__ = [
    "SERVICE_S",
    "Counter",
    "HeadlineChannels",
    "Tally",
    "channel_measures",
    "connect_rate",
    "connect_rate_24h_min",
    "department_measures",
    "measures_of",
    "months_of",
    "ratio",
    "share_of",
    "standard_measures",
    "team_measures",
]
