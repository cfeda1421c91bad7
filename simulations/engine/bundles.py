"""Bundles of arrays that compiled code gets as one pointer.

A tuple of arrays is handed to a compiled function field by field: with some seventy arrays that costs ten times what
a function does, and makes compiling slow. A bundle is a table of addresses and lengths instead, from which a function
reads what it needs. The table does not change while its arrays live, and compiled code may rely on that.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, get_type_hints

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from optimizer.kernels import compiled
from simulations.engine.columns import AGENT_WHOLES, BUFFER, GROUP_SUMS, MOST_TIERS, SLOT_REALS, SLOT_WHOLES, TASK_SUMS
from simulations.engine.layout import Layout, Reals, Wholes, Words
from simulations.engine.tables import TableType, build_table
from simulations.engine.workspace import Workspace

_LONGEST_SHAPE = 3
_WORDS_OF_FIELD = 1 + _LONGEST_SHAPE

_DTYPES: Mapping[Any, Any] = MappingProxyType({Reals: types.float64, Wholes: types.int64, Words: types.uint64})

Rows = Mapping[str, tuple[int | None, ...]]

_LAYOUT_ROWS: Rows = MappingProxyType(
    {
        "type_whole": (4,),
        "type_real": (6,),
        "step_whole": (4,),
        "queue_whole": (3,),
        "queue_of": (None,),
        "queue_classes": (None,),
        "queue_unheld": (None,),
        "class_whole": (5,),
        "class_queues": (MOST_TIERS, None),
        "class_engaged": (MOST_TIERS,),
        "class_all": (None,),
        "class_speed": (None,),
        "class_premium": (None,),
        "class_next": (None, 2),
        "agent_whole": (7,),
        "stretch_real": (2,),
        "shift_real": (2,),
        "shift_whole": (2,),
        "event_whole": (4,),
        "stream_whole": (8,),
        "piece_real": (3,),
        "trace_real": (3,),
        "trace_whole": (2,),
        "backlog_real": (5,),
        "backlog_whole": (5,),
        "agent_live": (3,),
        "open_real": (3,),
    }
)
_WORKSPACE_ROWS: Rows = MappingProxyType(
    {
        "slot_real": (SLOT_REALS,),
        "slot_whole": (SLOT_WHOLES,),
        "agent_real": (8,),
        "agent_whole": (AGENT_WHOLES,),
        "queue_whole": (3,),
        "class_free": (2,),
        "stream_real": (2,),
        "stream_whole": (4,),
        "buffer_at": (BUFFER,),
        "buffer_content": (BUFFER,),
        "buffer_route": (BUFFER,),
        "type_sums": (TASK_SUMS,),
        "process_sums": (TASK_SUMS,),
        "group_sums": (GROUP_SUMS,),
        "series": (None,),
        "row_real": (8,),
        "row_whole": (8,),
    }
)
"""What the rows of a table hold: lengths that are known when the kernels are compiled, None for others. Tables that are
not listed have items instead of rows."""

_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
kernel = compiled(**_OPTIONS)
"""Compile what takes bundles and allocates nothing. A division by zero gives infinity, as numpy's does, and so needs no
way out."""

inner = compiled(is_inner=True, **_OPTIONS)
"""Compile a kernel that only other kernels call."""


class Bundle:
    """The arrays of a named tuple, and the table by which compiled code finds them."""

    def __init__(self, columns: NamedTuple) -> None:
        self.columns = columns
        book = np.zeros((len(columns), _WORDS_OF_FIELD), dtype=np.int64)
        tables = _TYPES[type(columns)].tables
        for n, (name, array) in enumerate(zip(columns._fields, columns, strict=True)):
            table = tables[name]
            if not array.flags.c_contiguous or array.ndim != table.ndim or str(array.dtype) != str(table.dtype):
                raise ValueError(f"{name}: {array.ndim} axes of {array.dtype}; not what compiled code expects")
            for length, expected in zip(array.shape, table.shape, strict=True):
                if expected not in (None, length):
                    raise ValueError(f"{name}: rows of {length}; compiled code expects {expected}")
            book[n, 0] = array.ctypes.data
            book[n, 1 : 1 + array.ndim] = array.shape
        self._book = book
        self.address = book.ctypes.data


class _BundleType(types.Type):
    def __init__(self, columns: Any, rows: Rows, *, is_written: bool) -> None:
        hints = get_type_hints(columns)
        self.names = tuple(columns._fields)
        self.tables = {
            name: TableType(
                _DTYPES[hints[name]], (None, *rows.get(name, ())), _get_region(name) if is_written else None
            )
            for name in self.names
        }
        super().__init__(name=f"Bundle<{columns.__name__}>({','.join(map(str, self.tables.items()))})")


def _get_region(name: str) -> str:
    """Return what memory a table of a workspace is in; sums are handed to the same functions."""
    return "sums" if name.endswith("_sums") else name


_TYPES = {
    Layout: _BundleType(Layout, _LAYOUT_ROWS, is_written=False),
    Workspace: _BundleType(Workspace, _WORKSPACE_ROWS, is_written=True),
}


@typeof_impl.register(Bundle)
def _typeof_bundle(value: Bundle, _context: Any) -> _BundleType:
    return _TYPES[type(value.columns)]


@register_model(_BundleType)
class _BundleModel(models.OpaqueModel):
    pass


@infer_getattr
class _BundleAttribute(AttributeTemplate):
    key = _BundleType

    def generic_resolve(self, bundle: _BundleType, name: str) -> Any:  # type: ignore[override]
        return bundle.tables.get(name)


@lower_getattr_generic(_BundleType)
def _get_table(context: Any, builder: Any, bundle: _BundleType, value: Any, name: str) -> Any:
    table = bundle.tables[name]
    first = _WORDS_OF_FIELD * bundle.names.index(name)
    word = ir.IntType(64)
    book = builder.bitcast(value, word.as_pointer())

    def load(n: int) -> Any:
        loaded = builder.load(builder.gep(book, [ir.Constant(word, first + n)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    data = builder.inttoptr(load(0), context.get_data_type(table.dtype).as_pointer())
    lengths = [
        load(1 + axis) if length is None else ir.Constant(word, length) for axis, length in enumerate(table.shape)
    ]
    return build_table(context, builder, table, data, lengths)


@unbox(_BundleType)
def _unbox_bundle(_bundle: _BundleType, value: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(value, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    pointer = c.builder.inttoptr(address, ir.IntType(8).as_pointer())
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))
