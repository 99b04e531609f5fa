"""What docs/extending.md says: its files are there, and its example does what results promise."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
PLACEHOLDERS = ("hotline_sim/experiments/NAME.py", "tests/test_NAME.py")

# As the page has it: the module, imported before results are opened, is all that is needed.
USE = """
import hotline_sim
from hotline_sim.domain import Outcome
from noon import NoonResult, noon

found = noon("first-day", replications=3, engine="simpy")
for i, share in enumerate(found.shares):
    log = hotline_sim.contacts("first-day", seed=12345, replication=i, engine="simpy")
    offered = log.arrival_s[log.outcome <= Outcome.BLOCKED]  # answered, abandoned, blocked
    assert share == (offered % 86400 < 43200).mean()
assert found.share.low < found.share.mean < found.share.high
with open("result.json", "w", encoding="utf-8") as file:
    file.write(found.to_json())
opened = hotline_sim.open_result("result.json")
assert type(opened) is NoonResult
assert opened == found
assert opened.to_frame().equals(found.to_frame())
assert hotline_sim.rerun("result.json", jobs=1).is_same
changed = hotline_sim.load("first-day").with_values({"channels.phone.cases_per_day": 100})
assert not noon(changed, replications=3, engine="simpy") == found
"""


def test_the_files_that_the_page_names_are_there():
    named = set(re.findall(r"`((?:hotline_sim|tests|docs)/[\w/]+\.\w+)`", PAGE))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == set(PLACEHOLDERS)


def test_the_example_of_the_page_opens_again_and_plays_again(tmp_path):
    (code,) = re.findall(r"<!-- noon -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "noon.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
