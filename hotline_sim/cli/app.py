"""``hotline-sim app``: the local page, in the user's browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from hotline_sim import scenario
from hotline_sim.cli import screen
from hotline_sim.cli.options import lang_option, said
from hotline_sim.messages import Lang, RefusalError, text

_LARGEST_PORT = 65_535
_FIRST = "nanning-after"  # shown where no other is asked for


@click.command("app", help=said("app"))
@click.argument("name", metavar="[SCENARIO]", default=_FIRST)
@click.option("--port", type=click.IntRange(1, _LARGEST_PORT), metavar="N", help=said("app_port"))
@click.option("--no-browser", is_flag=True, help=said("app_no_browser"))
@lang_option
def app(name: str, port: int | None, no_browser: bool, lang: Lang) -> None:
    """Open the local page in a browser."""
    from hotline_sim.app import serving  # loads matplotlib

    def started(address: str) -> None:
        click.echo(text("app.running", lang, address=address), err=True)
        if not no_browser:
            webbrowser.open(address)

    with screen.faults_shown(lang):
        if not serving.is_installed():
            raise RefusalError("app.not_installed")
        scenario.load(name)  # told here what is wrong with it, not in the browser
        first = name if name in scenario.catalogue() else str(Path(name).resolve())
        port = serving.free_port(port)
        try:
            serving.serve(port, lang, first, started)
        except screen.STOPS as error:  # as it is meant to end
            code = getattr(error, "exit_code", screen.INTERRUPTED)
            raise screen.Interruption(text("app.ended", lang), code) from error
