"""What was measured, as a table for people: on the terminal and in report.txt; what was to be reached is marked."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path

from photvo.machine import dachs
from photvo.settings import TOP


class Report:
    """Lines that go to the terminal and into a file at once. `missed` names the targets that were not reached."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8")
        self.missed = []

    def line(self, text=""):
        """One line."""
        print(text, flush=True)
        print(text, file=self.file, flush=True)

    def head(self, text):
        """The heading of a section."""
        self.line(f"\n{text}\n{'-' * len(text)}")

    def mark(self, name, reached, target):
        """`target` with the word for whether it was reached."""
        if not reached:
            self.missed.append(f"{name} ({target})")
        return f"{target} {'pass' if reached else 'FAIL'}"

    def table(self, head, rows):
        """Rows of text under a head: the first column to the left, the others to the right."""
        widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
        for row in [head, *rows]:
            self.line("  ".join([row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip())

    def end(self):
        """What was missed, as the last line. Returns the exit status: 0, or 2 where a target was missed."""
        self.line("\n" + (f"Missed: {'; '.join(self.missed)}" if self.missed else "All targets reached."))
        self.file.close()
        return 2 if self.missed else 0


def machine():
    """One line on the machine."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    load = os.getloadavg()[0]
    return f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB; load before the start {load:.1f}"


def versions(instance):
    """One line on the software."""
    server = f"SELECT 'PostgreSQL ' || current_setting('server_version')"
    postgres = instance.query(server)[0][0].split(" (")[0]
    extensions = instance.query("SELECT extname, extversion FROM pg_extension WHERE extname IN ('pg_sphere', 'q3c') ORDER BY 1")
    code = "import platform, gavo, numpy; from gavo import base; print(f'DaCHS {base.getVersion()}, Python {platform.python_version()}')"
    told = subprocess.run([dachs.PYTHON, "-c", code], env=dachs.environ(instance.settings), capture_output=True, text=True)
    commit = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())[1]
    parts = [system, told.stdout.strip(), postgres, *(" ".join(row) for row in extensions), f"photvo {commit}" if commit else ""]
    return ", ".join(part for part in parts if part)


def today():
    """The date and time, UTC."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
