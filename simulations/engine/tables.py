"""Tables of numbers as compiled code sees them: an address and lengths, and nothing else.

Numba's own arrays count from the end where a position is negative, and a processor may never assume that a number
written into one of them leaves all others as they were. Both cost a third of the time of a replication. A table takes
positions as they are; tables of different fields share no memory, and those of a layout never change.
"""

import operator
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

ITEM_BYTES = 8
_WORD = ir.IntType(64)


class TableType(types.Type):
    """A table, or a row of one.

    Attributes
    ----------
    dtype
        What it holds.
    shape
        Lengths by axis; None where only the address book of a run knows it. The first is always None.
    region
        Whose memory it is: what is written in one region is in no other. None where nothing is ever written.
    """

    def __init__(self, dtype: Any, shape: tuple[int | None, ...], region: str | None) -> None:
        self.dtype, self.shape, self.region = dtype, shape, region
        super().__init__(name=f"Table({dtype}, {shape}, {region})")

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def row(self) -> "TableType":
        """The type of its rows."""
        return TableType(self.dtype, self.shape[1:], self.region)


@register_model(TableType)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, table: TableType) -> None:
        members: list[tuple[str, Any]] = [("data", types.CPointer(table.dtype))]
        members += [(f"length_{axis}", types.intp) for axis in range(table.ndim)]
        super().__init__(manager, table, members)


def build_table(context: Any, builder: Any, table: TableType, data: Any, lengths: list[Any]) -> Any:
    """Return the value of a table from its address and its lengths."""
    made = cgutils.create_struct_proxy(table)(context, builder)
    made.data = data
    for axis, length in enumerate(lengths):
        setattr(made, f"length_{axis}", length)
    return made._getvalue()


def _list_lengths(context: Any, builder: Any, table: TableType, value: Any) -> tuple[Any, list[Any]]:
    opened = cgutils.create_struct_proxy(table)(context, builder, value=value)
    lengths = [
        getattr(opened, f"length_{axis}") if length is None else ir.Constant(_WORD, length)
        for axis, length in enumerate(table.shape)
    ]
    return opened.data, lengths


def _resolve(table: Any, index: Any) -> Any:
    """Return the type of an item or of a row; None where that is no way to index."""
    if not isinstance(table, TableType):
        return None
    if isinstance(index, types.Integer):
        return table.dtype if table.ndim == 1 else table.row
    items: list[Any] = list(index) if isinstance(index, types.BaseTuple) else []  # type: ignore[call-overload]
    is_full = len(items) == table.ndim and all(isinstance(item, types.Integer) for item in items)
    return table.dtype if is_full else None


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        table, index = args
        result = _resolve(table, index)
        return None if result is None else signature(result, table, index)


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        table, index, value = args
        result = _resolve(table, index)
        if result is None or isinstance(result, TableType) or table.region is None:
            return None
        return signature(types.none, table, index, value) if self.context.can_convert(value, result) else None


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, _kws: Any) -> Any:
        (table,) = args
        return signature(types.intp, table) if isinstance(table, TableType) else None


def _point(context: Any, builder: Any, table: TableType, value: Any, index_type: Any, index: Any) -> tuple[Any, Any]:
    """Return the address of an item or a row, and the lengths of the row."""
    data, lengths = _list_lengths(context, builder, table, value)
    if isinstance(index_type, types.BaseTuple):
        index_types = list(index_type)  # type: ignore[call-overload]
        indices = cgutils.unpack_tuple(builder, index, count=len(index_types))
    else:
        index_types, indices = [index_type], [index]
    at = None
    for position, of_type, length in zip(indices, index_types, lengths, strict=False):
        step = context.cast(builder, position, of_type, types.intp)
        at = step if at is None else builder.add(builder.mul(at, length), step)
    rest = lengths[len(indices) :]
    for length in rest:
        at = builder.mul(at, length)
    return builder.gep(data, [at]), rest


def _mark(builder: Any, access: Any, table: TableType) -> Any:
    """Tell the compiler which memory an access is to.

    References
    ----------
    LLVM Language Reference Manual: `tbaa` metadata, `invariant.load` metadata.
    """
    module = builder.module
    if table.region is None:
        access.set_metadata("invariant.load", module.add_metadata([]))
        return access
    root = module.add_metadata(["swingdesk tables"])
    zero = ir.Constant(_WORD, 0)
    region = module.add_metadata([f"{table.region} {table.dtype}", root, zero])
    access.set_metadata("tbaa", module.add_metadata([region, region, zero]))
    return access


@lower_builtin(operator.getitem, TableType, types.Integer)
@lower_builtin(operator.getitem, TableType, types.BaseTuple)
def _get_item(context: Any, builder: Any, of: Any, arguments: Any) -> Any:
    table, index_type = of.args
    at, rest = _point(context, builder, table, arguments[0], index_type, arguments[1])
    if isinstance(of.return_type, TableType):
        return build_table(context, builder, of.return_type, at, rest)
    return _mark(builder, builder.load(at), table)


@lower_builtin(operator.setitem, TableType, types.Any, types.Any)
def _set_item(context: Any, builder: Any, of: Any, arguments: Any) -> Any:
    table, index_type, value_type = of.args
    at, _ = _point(context, builder, table, arguments[0], index_type, arguments[1])
    value = context.cast(builder, arguments[2], value_type, table.dtype)
    _mark(builder, builder.store(value, at), table)
    return context.get_dummy_value()


@lower_builtin(len, TableType)
def _get_length(context: Any, builder: Any, of: Any, arguments: Any) -> Any:
    return _list_lengths(context, builder, of.args[0], arguments[0])[1][0]


def _fill(_context: Any, table: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, of: Any, arguments: Any) -> Any:
        data, lengths = _list_lengths(context, builder, table, arguments[0])
        number = lengths[0]
        for length in lengths[1:]:
            number = builder.mul(number, length)
        item = context.cast(builder, arguments[1], of.args[1], table.dtype)
        with cgutils.for_range(builder, number) as loop:
            _mark(builder, builder.store(item, builder.gep(data, [loop.index])), table)
        return context.get_dummy_value()

    return types.none(table, value), generate


fill = cast(Any, intrinsic(_fill))
"""Write a number everywhere in a table: `fill(table, value)`."""
