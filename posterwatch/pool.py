"""Worker processes that look at pictures side by side; the looks come out in the order in which the pictures went in.

Each is a fresh interpreter with its own decoder. A worker that dies costs one picture, not the scan.
"""

import multiprocessing
import signal
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Self

from detector import Outcome
from posterwatch.looking import Instructions, Looker
from posterwatch.looks import Look

DIED = "the process that looked at this picture ended unexpectedly: look at it alone, or with fewer --jobs"


def look_at_all(pictures: Sequence[Path], instructions: Instructions, jobs: int) -> Iterator[Look]:
    """Yield a look at each picture, in order. Raises what `Looker` raises; closing the iterator ends all workers."""
    if jobs == 1 or len(pictures) < 2:
        with Looker(instructions) as looker:
            yield from map(looker.look, pictures)
        return
    with _Pool(instructions, min(jobs, len(pictures))) as pool:
        yield from pool.looks(pictures)


class _Worker:
    """A place for one process, and the number of the picture that it is looking at."""

    def __init__(self, instructions: Instructions) -> None:
        self._instructions = instructions
        self.number = -1
        self._start()

    def give(self, number: int, picture: Path) -> None:
        """Hand over a picture; that a worker is dead is noticed when its answer is awaited."""
        self.number = number
        with suppress(BrokenPipeError):
            self.connection.send(picture)

    def answer(self, picture: Path) -> Look:
        """Take the look at the picture that was handed over; a worker that died over it is replaced."""
        try:
            answer: Look | BaseException = self.connection.recv()
        except (EOFError, ConnectionError):
            self.end()
            self._start()
            return Look(str(picture), None, Outcome.UNDECODABLE, error=DIED)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def end(self) -> None:
        """End the process; its decoder ends by itself when it is gone."""
        self._process.kill()
        self._process.join()
        self.connection.close()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")  # a fork would copy OpenCV's threads and our other workers' pipes
        self.connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(theirs, self._instructions), daemon=True)
        self._process.start()
        theirs.close()


class _Pool:
    """Some workers; a context manager."""

    def __init__(self, instructions: Instructions, count: int) -> None:
        self._workers = [_Worker(instructions) for _ in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def looks(self, pictures: Sequence[Path]) -> Iterator[Look]:
        """Keep all workers busy, and yield each look as soon as those before it are done."""
        waiting = iter(enumerate(pictures))
        busy = {worker for worker in self._workers if _given(worker, waiting)}
        done: dict[int, Look] = {}
        for number in range(len(pictures)):
            while number not in done:
                for worker in _ready(busy):
                    done[worker.number] = worker.answer(pictures[worker.number])
                    if not _given(worker, waiting):
                        busy.remove(worker)
            yield done.pop(number)


def _given(worker: _Worker, waiting: Iterator[tuple[int, Path]]) -> bool:
    """Hand the next picture to a worker; False when there is none left."""
    for number, picture in waiting:
        worker.give(number, picture)
        return True
    return False


def _ready(busy: Collection[_Worker]) -> list[_Worker]:
    """Wait until workers have answered, or died; return them."""
    by_connection: dict[Any, _Worker] = {worker.connection: worker for worker in busy}
    return [by_connection[connection] for connection in wait(list(by_connection))]


def _work(orders: "Connection[Look | BaseException, Path]", instructions: Instructions) -> None:
    """Look at what is handed over until the other end closes: the whole life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to act on
    try:
        with Looker(instructions) as looker:
            while True:
                orders.send(looker.look(orders.recv()))
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # noqa: BLE001 - all of it is raised again where someone can be told
        orders.send(error)
