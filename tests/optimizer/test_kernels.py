"""Compiled code is found again while nothing that it sees has changed, and never after."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numba import types

from optimizer import kernels
from optimizer.dispatching import heaps
from optimizer.policy import edf
from optimizer.search.walking import evaluate

SOURCES = {
    "optimizer/first.py": "from optimizer.second import (\n    WIDTH,\n    inner,\n)\nfrom optimizer import third\n",
    "optimizer/second.py": "import numpy as np\nfrom models.words import ONE\n",
    "optimizer/third.py": "from optimizer.first import first\n",
    "optimizer/apart.py": "from collections import Counter\n",
    "models/words.py": "ONE = 1\n",
}


def clear() -> None:
    for cached in (kernels._read, kernels._name_of, kernels._folder_of):
        cached.cache_clear()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Sources that see each other, where the package would lie."""
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(kernels, "_ROOT", tmp_path)
    clear()
    yield tmp_path
    clear()


@pytest.mark.usefixtures("tree")
def test_a_module_sees_what_it_imports_and_what_that_imports() -> None:
    assert kernels._seen_by("optimizer.first") - {"optimizer"} == {
        "optimizer.first",
        "optimizer.second",
        "optimizer.third",
        "models.words",
    }
    assert kernels._seen_by("optimizer.apart") == {"optimizer.apart"}


@pytest.mark.parametrize("name", ["optimizer/first.py", "optimizer/second.py", "optimizer/third.py", "models/words.py"])
def test_a_change_in_anything_it_sees_is_another_folder(tree: Path, name: str) -> None:
    first, apart = kernels._name_of("optimizer.first"), kernels._name_of("optimizer.apart")
    (tree / name).write_text(SOURCES[name] + "CHANGED = 2\n")
    clear()
    assert kernels._name_of("optimizer.first") != first
    assert kernels._name_of("optimizer.apart") == apart


def test_what_no_source_stands_for_is_discarded(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_home", lambda: tree / "kernels")
    kept = Path(kernels._folder_of("optimizer.first"))
    (tree / "optimizer" / "second.py").write_text("WIDTH = 3\n")
    clear()
    now = Path(kernels._folder_of("optimizer.first"))
    (tree / "kernels" / "optimizer.gone-0123456789abcdef").mkdir()
    assert kernels.discard_stale() == 2
    assert now.is_dir()
    assert not kept.exists()


@pytest.mark.parametrize("function", [edf, evaluate])
def test_kernels_lie_where_their_sources_say(function: object) -> None:
    module = function.__module__
    assert Path(kernels._folder_of(module)) in Path(function._cache.cache_path).parents  # type: ignore[attr-defined]


def test_kernels_call_a_kernel_with_whole_numbers_of_64_bits() -> None:
    heap = types.Array(types.int64, 1, "C")
    _, _, kinds, _ = heaps.push.get_call_template((heap, types.int32, types.IntegerLiteral(7)), {})  # type: ignore[attr-defined]
    assert kinds == (heap, types.int64, types.int64)
    assert [signature.args for signature in heaps.push.nopython_signatures] == [kinds]  # type: ignore[attr-defined]


def test_what_only_kernels_call_has_no_way_in_from_python() -> None:
    heap = np.zeros(3, np.int64)
    with pytest.raises(TypeError, match="push has no way in from Python"):
        heaps.push(heap, 0, 7)
    assert heaps.push.py_func(heap, 0, 7) == 1  # type: ignore[attr-defined]
    assert heap[0] == 7
