"""What a running instance does beside serving: `photvo periods` after an ingestion, in a process of its own.

An ingestion, whoever runs it, leaves the file STATE/periods.due.
"""

from photvo.machine import dachs, process

NAME = "periods.due"


def ask_for_periods(settings):
    """There are light curves whose periods are to be looked for: the running instance, or the next one, sees to it."""
    (settings.state / NAME).touch()


class Background:
    """The processes that an instance runs in the background. `tick` is called every now and then."""

    def __init__(self, settings):
        self.settings, self.child = settings, None
        # what an earlier instance has not come to the end of
        ask_for_periods(settings)

    def tick(self):
        """Start what is due, unless it runs already."""
        if self.child and self.child.poll() is None:
            return
        due = self.settings.state / NAME
        if due.exists():
            due.unlink()
            # one thread: the other processors are for the services
            environ = {**dachs.environ(self.settings), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            with open(self.settings.state / "log" / "periods.log", "ab") as out:
                self.child = process.spawn([dachs.PYTHON, "-m", "photvo.cli", "periods"], env=environ, stdout=out, stderr=out)

    def end(self):
        """End what still runs; it goes on where it was the next time."""
        if self.child:
            process.end(self.child)
