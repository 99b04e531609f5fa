"""CSV files in words: heads, and the names of measures and the like, as a language has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.reports import files
from hotline_sim.reports.workbook.from_records import cell_of, head_of, records_of

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_SUFFIX = ".csv"


def in_words(name: str, content: bytes, scenario: Scenario, lang: Lang) -> bytes:
    """Return a file with words for its machine names, if it is a CSV file; numbers stay.

    Keys of the scenario, and names that its author gave, stay as they are.
    """
    if not name.endswith(_SUFFIX):
        return content
    heads, rows = records_of(content)
    told = []
    for row in rows:
        record = dict(zip(heads, row, strict=True))
        cells = (cell_of(head, record, lang, scenario) for head in heads)
        told.append([c if isinstance(c, str) else w for c, w in zip(cells, row, strict=True)])
    return files.rows_csv([head_of(head, lang, scenario) for head in heads], told)
