"""Agents who work through the queue over HTTP, and ask again until they have an answer, whatever dies meanwhile."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

ANSWER_S = 20.0
PAUSE_S = 0.1
FINAL = frozenset({HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})
AGAIN = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})


class UnexpectedAnswerError(Exception):
    """A server answered what no server should."""


@dataclass
class Told:
    """What agents were told, from which nothing may be missing in the end.

    Attributes
    ----------
    claims, completions
        Pairs of agent and task that a server said are so.
    answers
        Answers by status, and `broken` for requests that were broken off.
    oddities
        What was answered and should not be.
    """

    claims: list[tuple[str, str]] = field(default_factory=list)
    completions: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    oddities: list[str] = field(default_factory=list)


class Connection:
    """One connection to one of the servers, made anew to any of them when it breaks."""

    def __init__(self, ports: Callable[[], list[int]], key: str, told: Told, chooser: random.Random) -> None:
        self._ports, self._key, self._told, self._chooser = ports, key, told, chooser
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask_until_answered(
        self, path: str, body: dict[str, Any], *, repeat_key: str | None = None
    ) -> tuple[int, Any]:
        """Send a request again and again until a server answers it, and return the status and the answer."""
        attempt = 0
        while True:
            attempt += 1
            # Under a key whose first request died with its server, the next is told to wait until that has lapsed. The
            # act itself is known by its own key, so a new one may be taken at once.
            header = "" if repeat_key is None else f"Idempotency-Key: {repeat_key}.{attempt}\r\n"
            try:
                status, answer = await asyncio.wait_for(self._ask(path, body, header), ANSWER_S)
            except (TimeoutError, OSError, EOFError, ValueError):
                self._told.answers["broken"] += 1
                await self.close()
                await asyncio.sleep(PAUSE_S * self._chooser.uniform(0.5, 2))
                continue
            self._told.answers[str(status)] += 1
            if status in FINAL:
                return status, answer
            if status not in AGAIN:
                self._told.oddities.append(f"{path}: {status} {answer}")
            await asyncio.sleep(PAUSE_S * self._chooser.uniform(0.5, 2))

    async def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _ask(self, path: str, body: dict[str, Any], header: str) -> tuple[int, Any]:
        if self._streams is None:
            port = self._chooser.choice(self._ports())
            self._streams = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = self._streams
        content = json.dumps(body).encode()
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n{header}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        answer = await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            await self.close()
        return int(head[0].split()[1]), json.loads(answer)


async def work(
    agent: str,
    connection: Connection,
    told: Told,
    *,
    is_over: Callable[[], bool],
    sends_repeat_keys: bool,
    chooser: random.Random,
) -> None:
    """Sign in, and take, start and complete one task after the other until it is over."""
    number = 0

    async def act(path: str, what: str) -> tuple[int, Any]:
        dedup_key = f"{agent}:{number}:{what}"
        return await connection.ask_until_answered(
            path, {"dedup_key": dedup_key}, repeat_key=dedup_key if sends_repeat_keys else None
        )

    status, answer = await act(f"/api/agents/{agent}/sign-in", "sign-in")
    if status != HTTPStatus.OK:
        raise UnexpectedAnswerError(f"{agent} cannot sign in: {status} {answer}")
    while not is_over():
        number += 1
        status, offer = await connection.ask_until_answered(f"/api/agents/{agent}/next", {})
        if status != HTTPStatus.OK:
            told.oddities.append(f"{agent} gets no task: {status} {offer}")
            await asyncio.sleep(PAUSE_S)
            continue
        if offer["primary"] is None:
            await asyncio.sleep(PAUSE_S * chooser.uniform(1, 5))
            continue
        task = offer["primary"]["task_id"]
        told.claims.append((agent, task))
        for what in ("start", "complete"):
            status, answer = await act(f"/api/tasks/{task}/{what}", f"{what}:{task}")
            if status != HTTPStatus.OK:
                told.oddities.append(f"{agent} cannot {what} {task}: {status} {answer}")
                break
        else:
            told.completions.append((agent, task))
