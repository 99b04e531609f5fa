"""Results as tables and sentences, in the reader's language: numbers, intervals, sources."""

from hotline_sim.reports.assumptions import assumption_table
from hotline_sim.reports.attribution import (
    attribution_sentences,
    attribution_tables,
    keys_table,
)
from hotline_sim.reports.budgets import budget_sentences, budget_table
from hotline_sim.reports.calculator import erlang_csv, erlang_name, erlang_sentences, erlang_table
from hotline_sim.reports.checking import fault_dicts, gap_sentences, held_dict, held_sentence
from hotline_sim.reports.definitions import definition_dict, definition_table
from hotline_sim.reports.files import (
    budget_tables,
    intervals_csv,
    measures_csv,
    run_tables,
    sweep_tables,
)
from hotline_sim.reports.findings import finding_sentences
from hotline_sim.reports.headline import (
    difference_table,
    headline_table,
    people_and_calls,
    waits_table,
)
from hotline_sim.reports.money import links_table, staff_table
from hotline_sim.reports.pages import (
    SHOWN,
    Shown,
    blocks,
    csv_files,
    figures,
    rerun_blocks,
    scenario_blocks,
)
from hotline_sim.reports.parts import Block, Picture, Points
from hotline_sim.reports.sweeps import reached_sentence, sweep_beside, sweep_table
from hotline_sim.reports.tables import (
    Table,
    catalogue_table,
    channel_table,
    city_table,
    department_table,
    number_table,
    people_table,
    published_table,
    reproduced_table,
    standard_table,
    team_table,
)
from hotline_sim.reports.validation import validation_sentences, validation_table
from hotline_sim.reports.volumes import volume_table

__all__ = [
    "SHOWN",
    "Block",
    "Picture",
    "Points",
    "Shown",
    "Table",
    "assumption_table",
    "attribution_sentences",
    "attribution_tables",
    "blocks",
    "budget_sentences",
    "budget_table",
    "budget_tables",
    "catalogue_table",
    "channel_table",
    "city_table",
    "csv_files",
    "definition_dict",
    "definition_table",
    "department_table",
    "difference_table",
    "erlang_csv",
    "erlang_name",
    "erlang_sentences",
    "erlang_table",
    "fault_dicts",
    "figures",
    "finding_sentences",
    "gap_sentences",
    "headline_table",
    "held_dict",
    "held_sentence",
    "intervals_csv",
    "keys_table",
    "links_table",
    "measures_csv",
    "number_table",
    "people_and_calls",
    "people_table",
    "published_table",
    "reached_sentence",
    "reproduced_table",
    "rerun_blocks",
    "run_tables",
    "scenario_blocks",
    "staff_table",
    "standard_table",
    "sweep_beside",
    "sweep_table",
    "sweep_tables",
    "team_table",
    "validation_sentences",
    "validation_table",
    "volume_table",
    "waits_table",
]
