"""Signals that end the command, and an output that takes no more: in order, whenever it happens.

Installed before anything large is imported, so that no moment is left out.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_AGAIN_S = 3.0  # after which what a callback swallowed is raised once more
_MOST_TIMES = 3
OF_SIGNALS = 128  # exit codes above it: ended by the signal of the number above it


class Stopped(BaseException):
    """The command was told to end, by Ctrl-C or another signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = OF_SIGNALS + number


class _Signals:
    """Raises Stopped where the program is, once however often it is told.

    Raised inside a callback of a compiled library it is printed and lost: therefore it comes
    again, nothing of it is shown, and at the last the process just ends.
    """

    def __init__(self) -> None:
        self.number = 0
        self._times = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        is_again = hasattr(signal, "SIGALRM") and number == signal.SIGALRM
        self.number = self.number or number
        self._times += 1
        if self._times > _MOST_TIMES:
            leave(OF_SIGNALS + self.number)
        if not is_again and self._times > 1:
            return  # it is ending already
        _be_quiet()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        raise Stopped(self.number)


_answers: list[_Signals] = []  # once they are ours


def install() -> None:
    """Answer the signals by which a terminal, or whoever waits for it, ends a program.

    What the program was told to ignore when it was started, as by ``nohup``, it ignores.
    """
    answer = _Signals()
    _answers.append(answer)
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, answer)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, answer)


def _be_quiet() -> None:
    """Let libraries that are cut short in their work say nothing of it."""
    sys.unraisablehook = lambda _: None
    warnings.simplefilter("ignore")


def hold() -> None:
    """Let nothing more interrupt how the command ends; nothing, where signals are not ours."""
    if not _answers:
        return
    _be_quiet()
    for name in (*_NAMES, "SIGALRM"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)


def keep_output_to_oneself() -> None:
    """Let what this process starts inherit none of its standard output and error.

    A reader of its output sees the end when it has ended, whatever it has started; and what it
    has started says nothing when it is ended in the middle of its work.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if os.name != "posix" or not isinstance(stream, io.TextIOWrapper):
            continue
        stream.flush()
        raw = io.FileIO(os.dup(number), "w")
        own = io.TextIOWrapper(
            raw if stream.write_through else io.BufferedWriter(raw),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        _to_nowhere(number)
        setattr(sys, name, own)
        setattr(sys, f"__{name}__", own)  # of which libraries ask how wide the terminal is


def _to_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def leave(code: int) -> NoReturn:
    """End now, whatever threads and libraries are doing; workers see that this process has gone."""
    for stream in (sys.stdout, sys.stderr):
        drop_what_cannot_be_printed(stream)
    os._exit(code)


def drop_what_cannot_be_printed(stream: Any) -> OSError | None:
    """Print what a stream still holds, or let it go; return why it could not be printed."""
    try:
        if stream is not None:
            stream.flush()
    except OSError as error:
        _to_nowhere(stream.fileno())
        return error
    except ValueError:  # closed
        return None
    return None
