"""Every command and every snippet of the README does what the README says."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from running import folder_of_session
from photvo.readers.options import parse

TOP = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (TOP / "README.md").read_text(), re.M | re.S)
#: Each snippet with the answer that stands below it, or none.
SNIPPETS = [
    (language, code, BLOCKS[i + 1][1] if i + 1 < len(BLOCKS) and BLOCKS[i + 1][0] == "text" else None)
    for i, (language, code) in enumerate(BLOCKS)
    if language != "text"
]
#: What would start this very test run again, or a second instance; the whole suite is their test.
STARTED_BY_OTHERS = ("make run\n", "make test\n")
#: What takes long and is run by validators/test_descriptors.py.
RUN_BY_OTHERS = "bin/photvo validate\n"


def answer(instance, language, code):
    """What a snippet prints when the instance under test stands where the README's does."""
    code = code.replace("http://localhost:8080", instance.url.rstrip("/"))
    code = code.replace(RUN_BY_OTHERS, "")
    code = re.sub(r"(?<![\w/])var/(?=[^\n]*\.(fits|dump))", f"{folder_of_session()}/", code)  # files that a snippet makes
    command = [sys.executable, "-W", "ignore", "-c", code] if language == "python" else ["sh", "-ec", code]
    done = subprocess.run(command, cwd=TOP, env=instance.env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def numbers_to_11_digits(text):
    """The words of a text; the last digits of a position depend on the version of pgSphere, and on a restored backup."""
    return re.sub(r"\d+\.\d{9,}", lambda number: f"{float(number[0]):.11g}", text).split()


@pytest.mark.parametrize(("language", "code", "expected"), SNIPPETS, ids=[code.strip()[:40] for _, code, _ in SNIPPETS])
def test_a_snippet_of_the_readme_gives_the_answer_that_stands_below_it(instance, language, code, expected):
    if code in STARTED_BY_OTHERS:
        subprocess.run(["make", "-n", code.split()[1]], cwd=TOP, check=True, env=dict(os.environ), capture_output=True)
        return
    if language == "toml":
        assert parse(tomllib.loads(code)).said()
        return
    given = answer(instance, language, code)
    if expected is not None:
        assert numbers_to_11_digits(given) == numbers_to_11_digits(expected)
