"""Full-width letters in files and on the command line are named, with the line they stand in."""

import string

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mistakes import error_of, lines_of

from hotline_sim import messages
from hotline_sim.cli import main
from hotline_sim.scenario.full_width import HALF, in_half_width, strays_in

LETTERS = "＝“”，：［］－｛｝１．＃（）"


def told(*arguments, lang="en"):
    """Return the last line that tells why a command was refused."""
    result = CliRunner().invoke(main, ["--lang", lang, *map(str, arguments)])
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


LINES = [
    ("days = 1", "days ＝ 1", "＝", "="),
    ("days = 1", "days = １", "１", "1"),
    ("[horizon]", "［horizon］", "［ ］", "[ ]"),
    ('kind = "voice"', "kind = “voice”", "“ ”", '"'),
    ('kind = "voice"', 'kind = "voice”', "”", '"'),
    ('"exponential", mean_s = 240', '"exponential"， mean_s = 240', "，", ","),
    ("[channels.phone]", "[channels．phone]", "．", "."),
    ("days = 1", "days = 1 ＃ 一天，“试”", "＃", "#"),
    ("days = 1", "days\u3000= 1", "U+3000", "U+0020"),
]


@pytest.mark.parametrize(("right", "wrong", "found", "wanted"), LINES, ids=str)
def test_a_full_width_letter_is_named_with_its_line(
    write_scenario, smallest, right, wrong, found, wanted
):
    text = smallest.replace(right, wrong)
    number, line = next((i, x) for i, x in enumerate(text.splitlines(), 1) if wrong in x)
    path = write_scenario(text)
    (fault,) = lines_of(path)
    assert fault.startswith(f"line {number}: full-width {found} where {wanted} is wanted: ")
    assert fault.rpartition("wanted: ")[2].rstrip("…") in line.replace("\u3000", "\\u3000")
    assert len(fault.rpartition("wanted: ")[2]) >= min(len(line), 60)
    assert f"第 {number} 行：{found} 是全角" in error_of(path).text("zh")


def test_all_lines_with_full_width_letters_are_told_at_once(write_scenario, smallest):
    path = write_scenario(smallest.replace("days = 1", "days ＝ 1").replace("[teams", "［teams"))
    lines = lines_of(path)
    assert [line.partition(" where")[0].rpartition(" ")[2] for line in lines] == ["＝", "［"]


def test_full_width_letters_in_titles_and_comments_are_no_fault(load_text, smallest):
    title = "最小：“三名”话务员，一条队列［试］"
    note = f'title = {{ en = "smallest", zh = "{title}" }}  # 注：“引号”，＝'
    told_so = smallest.replace('title = { en = "smallest", zh = "最小" }', note)
    assert load_text(told_so).title.zh == title


def test_full_width_letters_are_no_excuse_for_another_mistake(write_scenario, smallest):
    text = smallest.replace("days = 1", "days = = 1  # 一天，“试”").replace("最小", "最小，“好”")
    (line,) = lines_of(write_scenario(text))
    assert line.startswith("is not TOML: line 6, column 8: ")
    assert line.endswith(": days = = 1  # 一天，“试”")


@given(st.text(alphabet=LETTERS + string.ascii_letters + " #", max_size=12))
def test_what_stands_in_strings_and_comments_never_counts(words):
    one_line = words.replace('"', "").replace("'", "")
    for toml in (f'a = "{one_line}"', f"a = '{one_line}'", f"# {one_line}", f"a = 1 # {one_line}"):
        assert list(strays_in(toml)) == []
    long = f'a = """\n{one_line}\n"quoted" {one_line}\n"""\nb ＝ 2'
    assert [(one.line, one.letters) for one in strays_in(long)] == [(5, ("＝",))]


def test_every_full_width_letter_has_one_plain_letter_in_its_place():
    assert all(len(letter) == len(plain) == 1 and plain.isascii() for letter, plain in HALF.items())
    assert in_half_width("ｓｅａｔｓ＝“３”，［－１］") == 'seats="3",[-1]'


def test_a_value_with_full_width_letters_is_told_so_beside_its_fault(write_scenario, smallest):
    (line,) = lines_of(write_scenario(smallest.replace('"08:00"', '"08：00"')))
    assert line.endswith("; full-width ：: write :")


SEATS = "teams.desk.shifts.0.seats"
WORDS = [
    (["run", "first-day", "--set", f"{SEATS}＝3"], "＝", "="),
    (["run", "first-day", "--set", f"{SEATS}=three（3）"], "（ ）", "( )"),
    (["run", "first-day", "--precision", "connect_rate＝0.01"], "＝", "="),
    (["sweep", "first-day", "--over", f"{SEATS}＝1,2"], "＝", "="),
    (["sweep", "first-day", "--over", f"{SEATS}=1,2", "--target", "asa_s＜＝30"], "＜ ＝", "< ="),
    (["run", "first-day", "--days", "１day"], "１", "1"),
]


@pytest.mark.parametrize(("words", "found", "wanted"), WORDS, ids=lambda one: str(one)[-30:])
def test_an_option_with_full_width_letters_is_told_so(words, found, wanted):
    assert told(*words).endswith(f"; full-width {found}: write {wanted}")
    assert told(*words, lang="zh").endswith(f"；{found} 是全角，请改为半角 {wanted}")


@pytest.mark.parametrize("dashes", ["－－", "——", "—", "–", "-－"])
@pytest.mark.parametrize("after", [["seed", "5"], ["seed=5"]])
def test_an_option_behind_full_width_dashes_is_named(dashes, after):
    words = [f"{dashes}{after[0]}", *after[1:]]
    line = told("run", "first-day", *words)
    assert line == messages.text(
        "say.full_width_dash", "en", found=words[0], wanted=f"--{after[0]}"
    )
    assert messages.text("say.full_width_dash", "zh", found=words[0], wanted=f"--{after[0]}") == (
        told("run", "first-day", *words, lang="zh")
    )


def test_a_file_whose_name_begins_with_a_dash_is_no_option():
    assert "—mine.toml" in told("run", "—mine.toml")
    assert "—seed" in told("run", "--", "—seed")


def test_chinese_words_with_full_width_letters_are_no_mistake(tmp_path):
    path = tmp_path / "mine.toml"
    done = CliRunner().invoke(main, ["new", str(path), "--city", "南宁（试）", "--lang", "zh"])
    assert done.exit_code == 0
    assert "南宁（试）" in path.read_text(encoding="utf-8")
    assert "全角" not in told("new", path, "--city", "南宁（试）", lang="zh")
