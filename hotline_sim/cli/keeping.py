"""The command that shows and clears the store of what has been played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hotline_sim.cli import screen
from hotline_sim.cli.options import json_option, lang_option, said
from hotline_sim.execution import shared_store
from hotline_sim.experiments.plain import to_json
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang

_MIB = 2**20


@click.command("store", help=said("store"))
@click.option("--clear", is_flag=True, help=said("clear"))
@json_option
@lang_option
def store(clear: bool, as_json: bool, lang: Lang) -> None:
    """Show where replications are kept, how many, and how large; or clear them away."""
    with screen.faults_shown(lang):
        kept = shared_store()
        if kept is None:
            raise screen.Failure(text("say.store_off", lang))
        found = kept.clear() if clear else kept.contents()
        tree = {
            "folder": str(kept.folder),
            "removed" if clear else "replications": found.replications,
            "size_bytes": found.size_bytes,
            "limit_bytes": kept.limit_bytes,
        }
    if as_json:
        screen.show_json(to_json(tree))
        return
    told = text(
        "say.store_cleared" if clear else "say.store",
        lang,
        path=kept.folder,
        count=found.replications,
        size=_mebibytes(found.size_bytes),
        limit=_mebibytes(kept.limit_bytes),
    )
    screen.show(told)


def _mebibytes(size_bytes: int) -> str:
    return f"{size_bytes / _MIB:,.1f} MiB"
