"""The examples of `docs/jobs.md` are run against a real server that does jobs, as one reader would run them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from models.vocabulary import Role
from services.importing import ImportOptions, import_tables, write_template_folder
from services.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "jobs.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
START = """
import os, httpx
desk = httpx.Client(base_url=os.environ["URL"], headers={"Authorization": f"Bearer {os.environ['KEY']}"}, timeout=30)
"""


def test_the_examples_do_what_they_say(
    make_database_url: Callable[..., str], start_server: Callable[..., Any], tmp_path: Path
) -> None:
    url = make_database_url("sqlite")
    write_template_folder(tmp_path / "office", today=date.today())  # noqa: DTZ011 (the reader's day)
    import_tables(Settings(database_url=url), tmp_path / "office", ImportOptions(), now=0)
    server = start_server(url)
    environment = {**os.environ, "URL": server.address, "KEY": server.key(Role.ADMIN)}
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 2
    code = START + "\n".join(blocks)
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr + "".join(server.log)
