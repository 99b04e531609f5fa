"""The command, also as ``python -m hotline_sim``: it answers signals before it loads anything."""

from __future__ import annotations

import os
import sys

from hotline_sim import atomic, stopping


def main() -> None:
    """Carry out the command line and end with its exit code; never with a traceback."""
    stopping.install()
    try:
        if os.environ.get("HOTLINE_SIM_DEBUG", "0") in ("", "0"):
            stopping.keep_output_to_oneself()
        from hotline_sim.cli import main as command

        command()
    except SystemExit as ended:
        code = ended.code
    except stopping.Stopped as stopped:  # before or after the command itself
        code = stopped.exit_code
        _say("say.interrupted")
    except OSError:  # of standard error, on which nothing can be said of it
        code = 1
    stopping.hold()
    error = stopping.drop_what_cannot_be_printed(sys.stdout)
    if error is not None and code in (0, None):
        code = 1
        if not isinstance(error, BrokenPipeError):  # a reader who has seen enough
            _say("say.unprintable", reason=error.strerror or str(error))
    stopping.drop_what_cannot_be_printed(sys.stderr)
    if isinstance(code, int) and code > stopping.OF_SIGNALS:
        atomic.remove_unfinished()
        stopping.leave(code)
    sys.exit(code)


def _say(sentence: str, **values: str) -> None:
    from hotline_sim.messages import language_of, text

    try:
        sys.stderr.write(text(sentence, language_of(sys.argv[1:]), **values) + "\n")
    except OSError:  # there is nobody left to be told
        return


if __name__ == "__main__":
    main()
