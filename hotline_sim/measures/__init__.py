"""From contact log and duty table to rates, waits and satisfaction, each defined once."""

from hotline_sim.measures.counter import Counter
from hotline_sim.measures.headline import HeadlineChannels, inbound_channels
from hotline_sim.measures.names import measure_name
from hotline_sim.measures.opinions import Opinions
from hotline_sim.measures.rates import (
    PERCENTILES,
    channel_measures,
    connect_rate,
    connect_rate_24h_min,
    department_measures,
    measures_of,
    months_of,
    named,
    ratio,
    share_of,
    sums_of_intervals,
    team_measures,
    value_of,
    worst_24h_by_day,
)
from hotline_sim.measures.standard import standard_measures
from hotline_sim.measures.tally import Tally

__all__ = [
    "PERCENTILES",
    "Counter",
    "HeadlineChannels",
    "Opinions",
    "Tally",
    "channel_measures",
    "connect_rate",
    "connect_rate_24h_min",
    "department_measures",
    "inbound_channels",
    "measure_name",
    "measures_of",
    "months_of",
    "named",
    "ratio",
    "share_of",
    "standard_measures",
    "sums_of_intervals",
    "team_measures",
    "value_of",
    "worst_24h_by_day",
]
