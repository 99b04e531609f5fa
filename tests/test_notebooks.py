"""The notebooks run from top to bottom, and are kept without outputs."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
CHINESE = [path for path in NOTEBOOKS if path.stem.endswith(".zh")]  # translations, not run again
RUN = [path for path in NOTEBOOKS if path not in CHINESE]
# What the code of a translation says otherwise; all else is the original's.
SAID = {
    'lang="zh"': 'lang="en"',
    'finding_sentences(result, "zh")': 'finding_sentences(result, "en")',
    "scenario.title.zh": "scenario.title.en",
    '"之前"': '"before"',
    '"之后"': '"after"',
    '["年度", "指标", "公布", "模拟", "下限", "上限", "吻合", "性质"]': (
        '["year", "measure", "published", "simulated", "from", "to", "covered", "role"]'
    ),
    '"原范围下限"': '"range from"',
    '"原范围上限"': '"range to"',
    '"组参数会得出公布的数字"': '"lines that would have printed the figures"',
    "# 这组参数是就全年得出的": "# the set was made over whole years",
}


def test_there_are_notebooks():
    assert RUN
    assert CHINESE


def cells(path, kind):
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_a_translated_notebook_runs_the_code_of_the_original(path):
    original = path.with_name(path.name.replace(".zh", ""))
    said = cells(path, "code")
    for chinese, english in SAID.items():
        said = [source.replace(chinese, english) for source in said]
    assert said == cells(original, "code")
    ours, theirs = cells(path, "markdown"), cells(original, "markdown")
    assert len(ours) == len(theirs)
    assert all(re.search("[\u4e00-\u9fff]", words) for words in ours)
    figures = [re.findall(r"\d+[.,]\d+", words) for words in theirs]
    assert [re.findall(r"\d+[.,]\d+", words) for words in ours] == figures


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_a_notebook_runs_and_draws(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("image/png" in out.get("data", {}) for out in outputs)
    assert not [out for out in outputs if out.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
