"""How far an ingestion is: a bar on a terminal, nothing elsewhere, where a line a file says enough."""

import os
import sys
import time

WIDTH = 24  # characters of the bar
EVERY = 0.1  # s between two looks of it


class Progress:
    """A bar in bytes of files. Lines that are said in between (photvo.settings.say) need `clear` before."""

    def __init__(self):
        self.on = sys.stderr.isatty()
        self.total = self.done = 0
        self._shown, self._percent = 0.0, 0

    def files(self, files):
        """So many files (with their sizes) are to come as well."""
        self.total += sum(file.size for file in files)

    def step(self, file):
        """A file is done with, whatever became of it."""
        self.done += file.size

    def show(self, text, part=0):
        """Say what is being done; `part` are the bytes of the present file that are read, as far as that is known."""
        now = time.monotonic()
        if not self.on or now - self._shown < EVERY:
            return
        self._shown = now
        # it never goes back, and 100 is for the end
        self._percent = max(self._percent, min(99, int(100 * (self.done + part) / self.total))) if self.total else 0
        self._write(text)

    def clear(self):
        """Make room for a line."""
        if self.on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def end(self):
        """All is done."""
        if self.on and self.total:
            self._percent = 100
            self._write("")
            print(file=sys.stderr, flush=True)

    def _write(self, text):
        full = self._percent * WIDTH // 100
        bar = ("=" * full + ">")[:WIDTH].ljust(WIDTH)
        line = f"[{bar}] {self._percent:3} % {text}"[: self._columns() - 1]
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    @staticmethod
    def _columns():
        try:
            return os.get_terminal_size(sys.stderr.fileno()).columns or 80
        except OSError:
            return 80
