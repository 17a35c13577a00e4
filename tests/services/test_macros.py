"""Macros of descriptors by our short way, against DaCHS' own."""

import subprocess

from photvo.machine import dachs

#: Both expand the same texts, of which many are no macros, or wrong.
_CODE = r"""
import random
from gavo import base
from gavo.base import macros

class Package(macros.MacroPackage):
    def macro_twice(self, text): return text + text
    def macro_none(self): return ""
    def macro_number(self): return 1.5
    def macro_again(self, text): return self.expand(text)

def told(expand, text):
    try:
        return expand(expander, text)
    except Exception as error:
        return type(error).__name__ + str(error)

expander, theirs = Package().getExpander(), macros.MacroExpander.expand
from photvo.services import macros as _
ours, rng = macros.MacroExpander.expand, random.Random(1)
parts = ["\\twice{", "\\again{", "\\none", "\\number", "\\unknown", "{", "}", "\\{", "\\}", "\\\\", "\\+", "\\", "\n", "\t", " ", "a", "plain text", "\\x"]
texts = ["", "plain", "a\\twice{b}c", *("".join(rng.choices(parts, k=rng.randint(1, 9))) for _ in range(1000))]
different = [text for text in texts if told(ours, text) != told(theirs, text)]
print(theirs is not ours, told(ours, texts[2]), len({told(ours, text) for text in texts}) > 200, different)
"""


def test_macros_are_expanded_as_dachs_expands_them(instance):
    done = subprocess.run([dachs.PYTHON, "-c", _CODE], env=dachs.environ(instance.settings), capture_output=True, text=True)
    assert done.stdout == "True abbc True []\n", done.stdout + done.stderr
