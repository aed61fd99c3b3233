"""Jobs -> their results, one after the other on a thread of its own that does not keep the process from ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class Worker:
    """`run` awaits a job's result without holding up the event loop."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, job: Callable[[], T]) -> T:
        """The job's result, or its exception."""
        if self._thread is None:
            # A daemon: pools wait for their threads at the end, however long a job may still take.
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()

        def settle(value: T | None, error: BaseException | None) -> None:
            if result.done():
                return
            if error is None:
                result.set_result(value)  # type: ignore[arg-type]
            else:
                result.set_exception(error)

        def perform() -> None:
            value, failure = None, None
            try:
                value = job()
            except Exception as error:  # noqa: BLE001 - handed on to who awaits the result
                failure = error
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(settle, value, failure)

        self._jobs.put(perform)
        return await result

    def _work(self) -> None:
        while True:
            self._jobs.get()()
