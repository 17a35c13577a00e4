"""Rows on their way to the database, in a thread: the next ones are made meanwhile."""

from concurrent.futures import ThreadPoolExecutor


class Writer:
    """What is written to one connection: several writes, one after the other.

    Within the `with` block nothing else may use the connection.
    """

    def __init__(self):
        self._thread, self._last = ThreadPoolExecutor(1), None

    def write(self, write, *arguments):
        """Have write(*arguments) called once what was added before is written. Raises what went wrong with that."""
        self._wait()
        self._last = self._thread.submit(write, *arguments)

    def _wait(self):
        last, self._last = self._last, None
        if last:
            last.result()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self._wait()
        finally:
            self._thread.shutdown()
