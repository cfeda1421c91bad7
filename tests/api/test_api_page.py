"""The examples of `docs/api.md` are run against a real server, in their order, as one reader would run them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from api.errors import STATUS
from models.vocabulary import Role

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```(python|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS_ROW = re.compile(r"^\| (\d{3}) \|", re.MULTILINE)


def test_the_examples_do_what_they_say(make_database_url: Callable[..., str], serve_here: Callable[..., Any]) -> None:
    server = serve_here(make_database_url("sqlite"))
    environment = {**os.environ, "URL": server.address, "KEY": server.key(Role.ADMIN, principal="root")}
    text = PAGE.read_text(encoding="utf-8")
    blocks: dict[str, list[str]] = {"python": [], "bash": []}
    for language, code in BLOCK.findall(text):
        blocks[language].append(code)
    assert all(blocks.values())
    outs = []
    for command in ([sys.executable, "-c", "\n".join(blocks["python"])], ["bash", "-euc", "\n".join(blocks["bash"])]):
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
        outs.append(ran.stdout)
    assert outs[0].startswith("['admin']\nbody.")
    me, key = (json.loads(line) for line in outs[1].replace("}{", "}\n{").splitlines())
    assert (me["principal"], key["principal"]) == ("root", "rosa")


def test_the_page_explains_every_refusal() -> None:
    told = {int(status) for status in STATUS_ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert told == {int(status) for status in STATUS.values()}
    assert HTTPStatus.INTERNAL_SERVER_ERROR not in told
