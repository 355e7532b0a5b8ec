"""Processes that tag beside this one: started when there is enough to do, kept for later calls, ended with the engine.

This process tags too. Batches are handed out a few at a time to whoever is free, and put in order as they come back, so
that the result is that of one process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Any

from feedback_engine.errors import ProcessError
from feedback_engine.nlp.messages import (
    Message,
    PackedRows,
    pack_message,
    read_exactly,
    read_size,
    unpack_message,
    write_message,
)
from feedback_engine.nlp.rows import Rows
from feedback_engine.nlp.tagger import Tagger
from feedback_engine.nlp.worker import PROGRAM, annotate_batch

#: Fewer batches than this are tagged in this process: before others have started, and once they run.
_WORTH_STARTING, _WORTH_ASKING = 12, 3
#: So many batches lie ready for a process, so that it never waits for this one to look after it.
_AHEAD = 3
#: So many characters, or texts, are put together for one call, so that it is worth sharing.
_CHARACTERS, _TEXTS = 1_000_000, 40_000


class TaggerPool:
    """So many processes in all, this one included; may be shared between threads, of which one at a time has it."""

    def __init__(self, processes: int, worth_starting: int = _WORTH_STARTING) -> None:
        self._others = processes - 1 if sys.executable and not getattr(sys, "frozen", False) else 0
        self._worth = worth_starting
        self._workers: list[_Worker] = []
        self._arrived: SimpleQueue[tuple[_Worker, int | None]] = SimpleQueue()
        self._started_in = 0
        self._lock = Lock()

    def annotate(self, tagger: Tagger, batches: Sequence[Sequence[str]]) -> Iterator[Rows]:
        """Yield the annotations of each batch in order; raises ProcessError if a process dies, and ends the others."""
        if not self._is_worth_it(len(batches)) or not self._lock.acquire(blocking=False):
            yield from (annotate_batch(batch, tagger) for batch in batches)
            return
        try:
            yield from self._share_out(tagger, batches)
        except BaseException:
            self._stop()
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the processes; the next call that wants them starts others."""
        with self._lock:
            self._stop()

    def _is_worth_it(self, batches: int) -> bool:
        is_running = bool(self._workers) and self._started_in == os.getpid()
        return self._others > 0 and batches >= min(self._worth, _WORTH_ASKING if is_running else self._worth)

    def _share_out(self, tagger: Tagger, batches: Sequence[Sequence[str]]) -> Iterator[Rows]:
        self._start()
        waiting, found, told = deque(range(len(batches))), dict[int, Rows](), 0
        for worker in self._workers:
            worker.know(tagger)
        while told < len(batches):
            for worker in self._workers:
                while len(worker.pending) < _AHEAD and len(waiting) >= _AHEAD:
                    worker.send(waiting.popleft(), batches, tagger)
            if waiting:
                number = waiting.popleft()
                found[number] = annotate_batch(batches[number], tagger)
            self._collect(found, is_idle=not waiting and told not in found)
            while told in found:
                yield found.pop(told)
                told += 1

    def _collect(self, found: dict[int, Rows], *, is_idle: bool) -> None:
        """Take what has arrived; wait for something where there is nothing else to do."""
        while True:
            try:
                worker, size = self._arrived.get(block=is_idle)
            except Empty:
                return
            found[worker.pending.popleft()] = worker.receive(size)
            is_idle = False

    def _start(self) -> None:
        if self._started_in != os.getpid():
            self._stop()
            self._started_in = os.getpid()
        while len(self._workers) < self._others:
            self._workers.append(_Worker(self._arrived))

    def _stop(self) -> None:
        workers, self._workers, self._arrived = self._workers, [], SimpleQueue()
        for worker in workers:
            worker.stop()


def gather(chunks: Iterable[tuple[list[str], list[str]]]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield (ids, texts), as many chunks together as are worth the while of several processes."""
    ids, texts, size = list[str](), list[str](), 0
    for some, given in chunks:
        ids, texts, size = [*ids, *some], [*texts, *given], size + sum(map(len, given))
        if size >= _CHARACTERS or len(ids) >= _TEXTS:
            yield ids, texts
            ids, texts, size = [], [], 0
    if ids:
        yield ids, texts


class _Worker:
    """One other process, what it knows, and the batches that it has not answered yet."""

    def __init__(self, arrived: SimpleQueue[tuple[_Worker, int | None]]) -> None:
        # the search path of this process, so that the other finds the libraries wherever they were found here
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.pending: deque[int] = deque()
        self._known: set[str] = set()
        self._lines = _Lines(self._process)
        #: Ends the process when called, when this object is given up, or with this process.
        self.stop = weakref.finalize(self, self._lines.end)
        Thread(target=self._lines.send_all, daemon=True).start()
        Thread(target=self._lines.watch, args=(weakref.ref(self), arrived), daemon=True).start()

    def know(self, tagger: Tagger) -> None:
        """Make the tagger known to the process."""
        if tagger.fingerprint not in self._known:
            self._known.add(tagger.fingerprint)
            self._lines.outbox.put(pack_message((tagger.fingerprint, tagger)))

    def send(self, number: int, batches: Sequence[Sequence[str]], tagger: Tagger) -> None:
        """Hand over the batch of this number."""
        self.pending.append(number)
        self._lines.outbox.put(pack_message((tagger.fingerprint, batches[number])))

    def receive(self, size: int | None) -> Rows:
        """Return the next answer, which has this length; raises ProcessError where there is none."""
        data = None if size is None else read_exactly(self._process.stdout, size)
        self._lines.is_read.release()
        if data is None:
            code = self._process.wait()
            raise ProcessError(
                f"打标签的子进程（PID {self._process.pid}）意外结束（退出码 {code}），本次没有结果；"
                "请重试，若是内存不足，请调小 tagging.processes"
            )
        answer = unpack_message(data)
        if isinstance(answer, str):
            raise ProcessError(f"打标签的子进程（PID {self._process.pid}）出错，请附上此信息报告问题：\n{answer}")
        packed: PackedRows = answer
        return packed.unpack()


class _Lines:
    """The pipes to a process, each served by a thread that mostly waits.

    One writes, one looks for the length of the next answer. The answer itself is read by whoever asked, who then has
    nothing else to do; a thread would have to wait for its turn at every piece.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._started_in = os.getpid()
        self._is_over = False
        self.outbox: SimpleQueue[Message | None] = SimpleQueue()
        self.is_read = Semaphore(0)

    def send_all(self) -> None:
        """Write what is put into the outbox, up to None."""
        stdin: Any = self._process.stdin
        with stdin, suppress(OSError):  # it has died: whoever waits for an answer is told
            while (message := self.outbox.get()) is not None:
                write_message(stdin.write, message)

    def watch(self, worker: weakref.ref[_Worker], arrived: SimpleQueue[tuple[_Worker, int | None]]) -> None:
        """Say how long each answer is when it arrives, and None when there will be no more."""
        stdout: Any = self._process.stdout
        with stdout:
            while not self._is_over and (alive := worker()) is not None:
                del alive
                size = read_size(stdout)
                if (alive := worker()) is not None:
                    arrived.put((alive, size))
                    del alive
                self.is_read.acquire()

    def end(self) -> None:
        """End the process and the threads; a fork of the process that started it leaves it alone."""
        if os.getpid() != self._started_in:
            return
        self._is_over = True
        self._process.kill()
        self._process.wait()
        self.outbox.put(None)
        self.is_read.release()
