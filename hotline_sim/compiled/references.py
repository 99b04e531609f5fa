"""Hand a tuple of many arrays from function to function as one word: where it is.

Numba takes a tuple apart at every call, array by array and word by word, and the function
that is called puts it together again. That was a third of the compilation. So a function that
Python enters refers to its tuples once, and hands on the references. In the end the machine
code is the same, for all calls are inlined.
"""

from __future__ import annotations

import hashlib
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
)


class Reference(types.Type):  # type: ignore[misc]
    """The type of references to a kind of named tuple."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        # Short, because every function that is handed one bears it in its name.
        digest = hashlib.sha256(whole.name.encode()).hexdigest()[:16]
        super().__init__(f"{whole.instance_class.__name__}_{digest}")

    def part(self, name: str) -> tuple[int, Any]:
        """Return the place and the type of an attribute of the tuple."""
        place = self.whole.fields.index(name)
        return place, self.whole.types[place]


@register_model(Reference)
class _Address(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, known: Any, reference: Reference) -> None:
        whole = known.lookup(reference.whole).get_value_type()
        super().__init__(known, reference, whole.as_pointer())


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc]
    key = Reference

    def generic_resolve(self, reference: Reference, name: str) -> Any:
        """Return the type of an attribute: of a tuple in the tuple, a reference to it."""
        if name not in reference.whole.fields:
            return None
        _, kind = reference.part(name)
        return Reference(kind) if isinstance(kind, types.NamedTuple) else kind


@lower_getattr_generic(Reference)  # type: ignore[untyped-decorator]
def _attribute(context: Any, builder: Any, reference: Reference, address: Any, name: str) -> Any:
    place, kind = reference.part(name)
    there = cgutils.gep_inbounds(builder, address, 0, place)
    if isinstance(kind, types.NamedTuple):
        return there
    return impl_ret_borrowed(context, builder, kind, builder.load(there))


@intrinsic  # type: ignore[untyped-decorator]
def by_reference(_: Any, whole: Any) -> Any:
    """Return a reference to a named tuple: its attributes are read as those of the tuple.

    It is good as long as the function that made it runs, and whoever called that keeps the
    arrays.
    """

    def lay_down(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return cgutils.alloca_once_value(builder, arguments[0])

    return Reference(whole)(whole), lay_down
