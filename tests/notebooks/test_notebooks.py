"""Every notebook runs from top to bottom, as a reader would run it, and is kept without its outputs.

One kernel runs them all, emptied before each: to start one and load the product takes longer than any of them.
"""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NUM_FIGURES = {"05_the_formulation_by_hand": 3}
EMPTY = "%reset -f"


@pytest.fixture(scope="session")
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel in the notebooks' folder."""
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(FOLDER))
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["01_a_day_planned.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.timeout(600)  # on a fresh clone the kernels compile first
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    manager, client = kernel
    client.execute_interactive(EMPTY, timeout=500)
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    runner = NotebookClient(notebook, timeout=500, km=manager)
    runner.kc = client
    runner.reset_execution_trackers()
    for index, cell in enumerate(notebook.cells):
        runner.execute_cell(cell, index)  # raises what a cell does
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [output for cell in cells for output in cell.outputs]
    figures = [output for output in shown if "application/vnd.plotly.v1+json" in output.get("data", {})]
    complaints = [output["text"] for output in shown if output.get("name") == "stderr"]
    assert len(figures) >= NUM_FIGURES.get(path.stem, 4)
    assert complaints == []
