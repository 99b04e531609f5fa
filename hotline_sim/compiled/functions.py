"""Compile functions, and keep the machine code where it may be kept.

Numba keeps machine code beside the module, or in the user's cache folder, and gives up
where it may write to neither. It also looks only at the file of the function it enters:
after a change in another file it would run the old code. So the folder is ours: one for
each state of the sources, in the first place that will take it, or none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.extending import intrinsic, overload, register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])

_FOLDERS = ("compiled", "demand", "kernel", "measures")  # of sources that are compiled
_PRIVATE = 0o077  # the permissions that nobody but the owner may have
# Of functions that Python does not call. No fused operations: they would round otherwise than
# Python does.
_OF_CALLED = {
    "forceinline": True,
    "fastmath": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
_entered: list[str] = []  # by module and name, as Numba names the files of their machine code


def entered(function: Function) -> Function:
    """Compile a function that Python calls, and keep its machine code from run to run."""
    _entered.append(f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}")
    folder = _folder()
    if folder is None:
        return _compiled(function)
    with _keeping_code_in(folder):
        return _compiled(function, cache=True)


def inlined(function: Function) -> Function:
    """Compile a function into those that call it; Python cannot call it.

    Called in earnest, it would be handed every array of the state, word by word.
    """
    return _compiled(function, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def called(function: Function) -> Function:
    """Compile a function that compiled functions call; Python cannot call it."""
    return _compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def jitable(function: Function, *, inline: bool = True) -> Function:
    """Let compiled functions call one that stays plain Python elsewhere.

    Nobody asks there whether a divisor is 0: none ever is.
    """
    options = {"error_model": "numpy", **_OF_CALLED, "forceinline": inline}
    return cast("Function", register_jitable(**options)(function))


def compiled_as(function: Callable[..., Any], instead: Callable[..., Any]) -> None:
    """Let compiled functions that call a function call another one in its place."""
    options = {"error_model": "numpy", **_OF_CALLED}
    overload(function, jit_options=options, strict=False)(lambda *_: instead)


def _compiled(function: Function, **options: bool) -> Function:
    """Compile a function that makes no arrays, so that nobody need count who refers to them.

    The counting took nine tenths of a run.
    """
    return cast("Function", numba.njit(fastmath=False, _nrt=False, **options)(function))


@intrinsic  # type: ignore[untyped-decorator]
def at(typing_context: Any, place: Any) -> Any:
    """Return a place in an array for which nobody need ask whether it counts from the end.

    The asking took a sixth of a run.
    """

    def cast_to_unsigned(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.cast(builder, arguments[0], place, numba.types.uintp)

    return numba.types.uintp(place), cast_to_unsigned


@intrinsic  # type: ignore[untyped-decorator]
def product(typing_context: Any, one: Any, other: Any) -> Any:
    """Return the upper and the lower 64 bits of the product of two words of 64.

    A processor finds both at once; asked for one after the other, it multiplied twice.
    """
    word = numba.types.uint64

    def multiply(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        double, single = ir.IntType(128), ir.IntType(64)
        whole = builder.mul(*(builder.zext(factor, double) for factor in arguments))
        upper = builder.trunc(builder.lshr(whole, ir.Constant(double, 64)), single)
        halves = (upper, builder.trunc(whole, single))
        return context.make_tuple(builder, signature.return_type, halves)

    return numba.types.UniTuple(word, 2)(word, word), multiply


def is_kept() -> bool:
    """Tell whether the machine code of these sources is there already, that of all functions."""
    folder = _folder()
    if folder is None:
        return False
    return all(any(folder.rglob(f"{name}-*.nbi")) for name in _entered)


@contextmanager
def _keeping_code_in(folder: Path) -> Iterator[None]:
    """Let Numba keep the code of what is decorated here, and only that, in a folder."""
    others = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = others


@cache
def _folder() -> Path | None:
    """Return a folder for the machine code of these sources; None if there is no place."""
    try:
        name = f"hotline-sim-{_digest()}"
    except OSError:
        return None
    for place in _places():
        try:
            folder = place / name
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError:
            continue
        return folder
    return None


def _places() -> Iterator[Path]:
    """Yield where machine code may be kept, the best place first.

    Beside the module is the last of them: pip would leave it there when it removes the package,
    and the folder with the package's name would then hide an editable installation.
    """
    if numba.config.CACHE_DIR:
        yield Path(numba.config.CACHE_DIR)
    home = os.path.expanduser("~")
    users = Path(os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"))
    if users.is_absolute():  # a user without a home is at "~"
        yield users
    yield from _private_temporary_folder()
    yield Path(__file__).parent / "__pycache__"


def _private_temporary_folder() -> Iterator[Path]:
    """Yield a folder of the user's own among everybody's temporary files, if it is safe.

    Who could write into it could make us run any code.
    """
    if not hasattr(os, "getuid"):  # Windows: each user has temporary files of his own
        yield Path(tempfile.gettempdir())
        return
    try:
        folder = Path(tempfile.gettempdir()) / f"hotline-sim-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return
    if found.st_uid == os.getuid() and not found.st_mode & _PRIVATE and not folder.is_symlink():
        yield folder


def _digest() -> str:
    """Return a fingerprint of all sources that are compiled, or hold constants that are."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(numba.__version__.encode())
    digest.update((package / "domain.py").read_bytes())
    for folder in _FOLDERS:
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
