"""Write the table of docs/measures.md from the records: ``python -m verification.measures``."""

from __future__ import annotations

from pathlib import Path

from hotline_sim.reports import definition_table

PAGE = Path(__file__).parent.parent / "docs" / "measures.md"
_HEADS = ("name", "definition", "counted", "divided by", "unit", "channels", "Chinese")


def table() -> str:
    """Return the measures as a table in Markdown, a line each."""
    english, chinese = definition_table("en"), definition_table("zh")
    rows = [
        (f"`{name}`", *cells, zh[1])
        for (name, *cells), zh in zip(english.rows, chinese.rows, strict=True)
    ]
    lines = [_HEADS, ("---",) * len(_HEADS), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> None:
    """Replace the table at the end of the page."""
    words = PAGE.read_text(encoding="utf-8").partition("| name |")[0]
    PAGE.write_text(words + table(), encoding="utf-8")


if __name__ == "__main__":
    main()
