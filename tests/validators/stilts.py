"""STILTS from Python: no screen, no network but this machine."""

import subprocess

import pytest


def stilts(task, *arguments, stdin=None, cwd=None):
    """Run a task of STILTS. Returns the finished process with text; skips where STILTS is not installed."""
    command = ["stilts", "-Djava.awt.headless=true", task, *arguments]
    try:
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=300, cwd=cwd)
    except FileNotFoundError:
        pytest.skip("stilts is not installed")
