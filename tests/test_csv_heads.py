"""CSV files whose heads are words, as the command writes them when it is asked to."""

import csv
import json

import pytest
from click.testing import CliRunner

from hotline_sim import messages
from hotline_sim.cli import main

RUN = ("run", "first-day", "--days", "1", "--replications", "2", "--engine", "simpy", "--jobs", "1")
ERLANG = ("erlang", "--calls-per-hour", "120", "--aht", "4min", "--patience", "3min")


def written(folder, *arguments):
    """Return the CSV files that a command writes, as rows, by name."""
    done = CliRunner().invoke(main, [*arguments, "--out", str(folder), "--lang", "en"])
    assert done.exit_code == 0, done.output
    return {
        path.name: list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        for path in folder.glob("*.csv")
    }


def test_a_run_has_heads_in_chinese_where_they_are_asked_for_and_else_machine_names(tmp_path):
    machine = written(tmp_path / "machine", *RUN)
    chinese = written(tmp_path / "chinese", *RUN, "--csv-heads", "zh")
    assert machine["measures.csv"][0][:5] == ["scenario", "group", "name", "measure", "mean"]
    assert chinese["measures.csv"][0][:5] == ["情景", "分组", "名称", "指标", "均值"]
    at = [row[3] for row in machine["measures.csv"]].index("connect_rate")
    told = chinese["measures.csv"][at]
    assert told[3] == messages.text("measure.connect_rate", "zh")
    assert told[4:] == machine["measures.csv"][at][4:]
    assert [row[-4:] for row in chinese["intervals.csv"][1:]] == [
        row[-4:] for row in machine["intervals.csv"][1:]
    ]


def test_the_heads_change_nothing_of_the_result(tmp_path):
    for name, more in (("machine", ()), ("chinese", ("--csv-heads", "zh"))):
        written(tmp_path / name, *RUN, *more)
    one, other = (
        json.loads((tmp_path / name / "result.json").read_text(encoding="utf-8"))
        for name in ("machine", "chinese")
    )
    assert one == other


def test_a_result_played_again_has_the_heads_asked_for(tmp_path):
    written(tmp_path / "machine", *RUN)
    again = written(
        tmp_path / "again", "rerun", str(tmp_path / "machine" / "result.json"), "--csv-heads", "zh"
    )
    assert again["measures.csv"][0][3] == "指标"


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_formulas_have_the_heads_of_their_table(tmp_path, lang):
    plain = written(tmp_path / "plain", *ERLANG)["erlang.csv"]
    told = written(tmp_path / "told", *ERLANG, "--csv-heads", lang)["erlang.csv"]
    assert plain[0][0] == "agents"
    assert told[0][0] == messages.text("erlang.agents", lang)
    assert told[1:] == plain[1:]
