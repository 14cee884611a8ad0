"""Things that happen later: one timer thread, and workers that run what is due."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger("lab.clock")


class Clock:
    """Runs functions after a delay that `speed` divides.

    The workers live as long as the process. That matters: a machine is killed when the
    thread that started it ends (PR_SET_PDEATHSIG counts threads, see prctl(2)).
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._due: list[tuple[float, int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._generation = 0
        self._changed = threading.Condition()
        self._workers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="lab-worker")
        threading.Thread(target=self._run, name="lab-clock", daemon=True).start()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Runs `action` in a worker, `seconds` of the lab's time from now."""
        due = time.monotonic() + self.real(seconds)
        with self._changed:
            heapq.heappush(self._due, (due, next(self._numbers), self._generation, action))
            self._changed.notify()

    def soon(self, action: Callable[[], object]) -> Future[object]:
        """Runs `action` in a worker at once."""
        return self._workers.submit(_logged, action)

    def real(self, seconds: float) -> float:
        """The lab's seconds as the wall clock's."""
        return max(0.0, seconds / self.speed)

    def forget(self) -> None:
        """Drops all that is still to come."""
        with self._changed:
            self._due.clear()
            self._generation += 1

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._due:
                    self._changed.wait()
                    continue
                due, _, generation, action = self._due[0]
                wait = due - time.monotonic()
                if wait > 0:
                    self._changed.wait(wait)
                    continue
                heapq.heappop(self._due)
                current = generation == self._generation
            if current:
                self._workers.submit(_logged, action)


def _logged(action: Callable[[], object]) -> object:
    try:
        return action()
    except Exception:
        log.exception("a timed action failed")
        raise
