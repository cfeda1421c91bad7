"""Requests as they come over the line: parsed by httptools, with limits that it does not have of its own."""

from asyncio import BaseTransport, TimerHandle, Transport
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 32 * 1024
"""Of a request's target and headers, and of whatever else it holds before more of it is known."""

MOST_QUEUED = 32
"""Requests that may be sent on a connection before the first of them is answered."""

HEAD_S = 30.0
"""Seconds in which the head of a request has to come, from its first byte, or from the opening of the connection."""


class Line(HttpToolsProtocol):
    """A connection: one who sends too long a head, too slowly, or too many requests at once, is cut off.

    The parser keeps what it cannot pass on yet, and passes trailers on as if they were headers; here they are dropped.
    """

    _head_bytes = 0
    _unknown_bytes = 0
    _is_in_head = False
    _has_asked = False
    _patience: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin, and wait for a first request."""
        super().connection_made(cast(Transport, transport))
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take some bytes."""
        self._unknown_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            self._stop_waiting()
        elif self._unknown_bytes > MOST_HEAD_BYTES or len(self.pipeline) > MOST_QUEUED:
            self._refuse()
        elif self._is_in_head and self._patience is None:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if self._is_in_head:
            self._count(len(name) + len(value))
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._is_in_head, self._unknown_bytes, self._has_asked = False, 0, True
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._unknown_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._unknown_bytes = 0
        super().on_message_complete()

    def _count(self, num_bytes: int) -> None:
        self._head_bytes += num_bytes
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError(f"a head of more than {MOST_HEAD_BYTES:,} bytes")  # the parser stops, and it is refused

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(HEAD_S, self._refuse)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _refuse(self) -> None:
        self._stop_waiting()
        if not self._has_asked or self.cycle.response_complete:
            self.send_400_response("Invalid HTTP request received.")
        else:
            self.transport.close()  # an answer is on its way: no other may be put into it
