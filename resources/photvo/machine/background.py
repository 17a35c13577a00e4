"""What a running instance does beside serving, after an ingestion, each in a process of its own: the coverage for the
registry, `photvo periods`.

An ingestion, whoever runs it, leaves the file STATE/periods.due.
"""

from photvo.machine import dachs, process

NAME = "periods.due"
#: Modules and their arguments, one after the other.
WORK = ("photvo.machine.coverage",), ("photvo.cli", "periods")


def ask_for_periods(settings):
    """There are light curves whose periods are to be looked for: the running instance, or the next one, sees to it."""
    (settings.state / NAME).touch()


class Background:
    """The processes that an instance runs in the background. `tick` is called every now and then."""

    def __init__(self, settings):
        self.settings, self.child, self.left = settings, None, []
        # what an earlier instance has not come to the end of
        ask_for_periods(settings)

    def tick(self):
        """Start what is due, unless it runs already."""
        if self.child and self.child.poll() is None:
            return
        due = self.settings.state / NAME
        if due.exists():
            due.unlink()
            self.left = list(WORK)
        if self.left:
            # one thread: the other processors are for the services
            environ = {**dachs.environ(self.settings), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            with open(self.settings.state / "log" / "periods.log", "ab") as out:
                self.child = process.spawn([dachs.PYTHON, "-m", *self.left.pop(0)], env=environ, stdout=out, stderr=out)

    def end(self):
        """End what still runs; it goes on where it was the next time."""
        if self.child:
            process.end(self.child)
