"""An example or two at the end of each command's help page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.messages import text

if TYPE_CHECKING:
    import click


def add_examples(group: click.Group) -> None:
    """Give every command its examples, in English; ``help.in_language`` finds the others."""
    for name, command in group.commands.items():
        command.epilog = text(f"cli.example.{name}", "en")
