"""Sphinx: ``python -m sphinx -W -b html docs build/docs`` (needs the extra ``docs``)."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import hotline_sim  # noqa: E402
from tools import doc_pages  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "hotline-sim"
author = "hotline-sim contributors"
copyright = author  # Sphinx's own name for it
version = release = hotline_sim.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3  # the pages link to headings as a repository's own reader does
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["misc.highlighting_failure"]  # file excerpts with … in place of keys
exclude_patterns: list[str] = []

autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_preprocess_types = False

html_theme = "furo"
html_title = "hotline-sim"
html_theme_options = {"top_of_page_buttons": []}


def _without_links_out(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Let words that lead to a README be words: it lies outside the site."""
    source[0] = re.sub(r"\[([^\]]+)\]\((?:\.\./)+README[^)]*\)", r"\1", source[0])


def setup(app: Sphinx) -> None:
    """Make the pages that are made from code and scenario files, before any is read."""
    app.connect("config-inited", lambda *_: doc_pages.write(ROOT / "docs" / "generated"))
    app.connect("source-read", _without_links_out)
