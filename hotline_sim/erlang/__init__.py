"""Exact formulas for queues simple enough to have them; the model is checked against these.

==================  ==================================================================
`erlang_b`          no waiting: a contact that finds every line taken is lost
`erlang_c`          everyone waits for ever; optionally a limited number of lines
`erlang_a`          patience is exponential; optionally a limited number of lines
`mmn_g`             patience has any law of `hotline_sim.laws`, or a function of yours
`with_redials`      `erlang_a` when some of those who failed call again (approximation)
`queue_measures`    whichever of these a `Queue` takes, redials and chats included
`with_orbit`        redials that come soon, for a few agents
`few_chat_agents`   chats whose time is settled when they begin, for a few agents
`changing_day`      `erlang_a` whose rate changes from hour to hour
`priority_waits_s`  `erlang_c` with classes of contacts, one before the other
`agents_needed`     the fewest agents that meet goals, for many intervals at once
==================  ==================================================================

All suppose, but where the table says otherwise, one kind of contact, arriving as a Poisson
process of constant rate for ever, exponential handle times, and agents who take the oldest
waiting contact. Those not said to be for a few agents work in logarithms and hold from 1 to
5,000, idle or swamped.
"""

from hotline_sim.erlang.chains import (
    ChatMeasures,
    DayCounts,
    changing_day,
    few_chat_agents,
    priority_waits_s,
    with_orbit,
)
from hotline_sim.erlang.general import mmn_g
from hotline_sim.erlang.markov import erlang_a, erlang_b, erlang_c
from hotline_sim.erlang.queues import Queue, queue_measures
from hotline_sim.erlang.records import HotlineMeasures, QueueMeasures, RedialMeasures
from hotline_sim.erlang.redials import with_redials
from hotline_sim.erlang.staffing import Goal, agents_needed, fewest_agents
from hotline_sim.laws import (
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Hyperexponential,
    LawOfTime,
    Lognormal,
    Never,
    Uniform,
    Weibull,
)

__all__ = [
    "ChatMeasures",
    "DayCounts",
    "Empirical",
    "Exponential",
    "Fixed",
    "Gamma",
    "Goal",
    "HotlineMeasures",
    "Hyperexponential",
    "LawOfTime",
    "Lognormal",
    "Never",
    "Queue",
    "QueueMeasures",
    "RedialMeasures",
    "Uniform",
    "Weibull",
    "agents_needed",
    "changing_day",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "few_chat_agents",
    "fewest_agents",
    "mmn_g",
    "priority_waits_s",
    "queue_measures",
    "with_orbit",
    "with_redials",
]
