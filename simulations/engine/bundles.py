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
from numba.np.arrayobj import populate_array

from simulations.engine.columns import AGENT_WHOLES, BUFFER, GROUP_SUMS, SLOT_REALS, SLOT_WHOLES, TASK_SUMS
from simulations.engine.layout import Layout, Reals, Wholes, Words
from simulations.engine.workspace import Workspace

_LONGEST_SHAPE = 3
_WORDS_OF_FIELD = 1 + _LONGEST_SHAPE
_ITEM_BYTES = 8

_DTYPES: Mapping[Any, Any] = MappingProxyType({Reals: types.float64, Wholes: types.int64, Words: types.uint64})

_NUM_AXES: Mapping[str, int] = MappingProxyType(
    {
        "class_queues": 3,
        "class_next": 3,
        **dict.fromkeys(
            (
                "type_whole",
                "type_real",
                "step_whole",
                "queue_whole",
                "queue_of",
                "queue_classes",
                "class_whole",
                "class_engaged",
                "class_all",
                "class_speed",
                "class_premium",
                "agent_whole",
                "stretch_real",
                "shift_real",
                "shift_whole",
                "event_whole",
                "stream_whole",
                "piece_real",
                "trace_real",
                "trace_whole",
                "backlog_real",
                "backlog_whole",
                "agent_live",
                "open_real",
                "slot_real",
                "slot_whole",
                "agent_real",
                "class_free",
                "stream_real",
                "buffer_at",
                "buffer_content",
                "buffer_route",
                "type_sums",
                "process_sums",
                "group_sums",
                "series",
                "row_real",
                "row_whole",
            ),
            2,
        ),
    }
)
"""The number of axes of each array; 1 where it is not listed."""


_WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "type_whole": 4,
        "type_real": 6,
        "step_whole": 4,
        "queue_whole": 3,
        "class_whole": 5,
        "agent_whole": 7,
        "stretch_real": 2,
        "shift_real": 2,
        "shift_whole": 2,
        "event_whole": 4,
        "stream_whole": 8,
        "piece_real": 3,
        "trace_real": 3,
        "trace_whole": 2,
        "backlog_real": 5,
        "backlog_whole": 5,
        "agent_live": 3,
        "open_real": 3,
    }
)
_STATE_WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "slot_real": SLOT_REALS,
        "slot_whole": SLOT_WHOLES,
        "agent_real": 8,
        "agent_whole": AGENT_WHOLES,
        "queue_whole": 3,
        "class_free": 3,
        "stream_real": 2,
        "stream_whole": 4,
        "buffer_at": BUFFER,
        "buffer_content": BUFFER,
        "buffer_route": BUFFER,
        "type_sums": TASK_SUMS,
        "process_sums": TASK_SUMS,
        "group_sums": GROUP_SUMS,
        "row_real": 8,
        "row_whole": 8,
    }
)
"""The lengths of rows that are known when the kernels are compiled: positions are then shifts, not products."""


class Bundle:
    """The arrays of a named tuple, and the table by which compiled code finds them."""

    def __init__(self, columns: NamedTuple) -> None:
        self.columns = columns
        table = np.zeros((len(columns), _WORDS_OF_FIELD), dtype=np.int64)
        for n, (name, array) in enumerate(zip(columns._fields, columns, strict=True)):
            expected = _DTYPES[get_type_hints(type(columns))[name]]
            if (
                not array.flags.c_contiguous
                or array.ndim != _NUM_AXES.get(name, 1)
                or str(array.dtype) != str(expected)
            ):
                raise ValueError(f"{name}: {array.ndim} axes of {array.dtype}; not what compiled code expects")
            width = _TYPES[type(columns)].widths.get(name)
            if width is not None and array.shape[-1] != width:
                raise ValueError(f"{name}: rows of {array.shape[-1]}; compiled code expects {width}")
            table[n, 0] = array.ctypes.data
            table[n, 1 : 1 + array.ndim] = array.shape
        self._table = table
        self.address = table.ctypes.data


class _BundleType(types.Type):
    def __init__(self, columns: Any, widths: Mapping[str, int]) -> None:
        self.widths = widths
        hints = get_type_hints(columns)
        self.names = tuple(columns._fields)
        self.arrays = {name: types.Array(_DTYPES[hints[name]], _NUM_AXES.get(name, 1), "C") for name in self.names}
        shapes = ",".join(f"{name}:{array.dtype}{array.ndim}" for name, array in self.arrays.items())
        super().__init__(name=f"Bundle<{columns.__name__}>({shapes};{dict(widths)})")


_TYPES = {Layout: _BundleType(Layout, _WIDTHS), Workspace: _BundleType(Workspace, _STATE_WIDTHS)}


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
        return bundle.arrays.get(name)


@lower_getattr_generic(_BundleType)
def _get_array(context: Any, builder: Any, bundle: _BundleType, value: Any, name: str) -> Any:
    array_type = bundle.arrays[name]
    first = _WORDS_OF_FIELD * bundle.names.index(name)
    word = ir.IntType(64)
    table = builder.bitcast(value, word.as_pointer())

    def load(n: int) -> Any:
        loaded = builder.load(builder.gep(table, [ir.Constant(word, first + n)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    shape = [load(1 + axis) for axis in range(array_type.ndim)]
    if name in bundle.widths:
        shape[-1] = ir.Constant(word, bundle.widths[name])
    strides = [ir.Constant(word, _ITEM_BYTES)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = context.make_array(array_type)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(load(0), context.get_data_type(array_type.dtype).as_pointer()),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=ir.Constant(word, _ITEM_BYTES),
        meminfo=None,
    )
    return array._getvalue()


@unbox(_BundleType)
def _unbox_bundle(_bundle: _BundleType, value: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(value, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    pointer = c.builder.inttoptr(address, ir.IntType(8).as_pointer())
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))
