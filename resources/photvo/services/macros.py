"""Descriptors are read in two thirds of the time, by which a server starts: DaCHS tries its grammar of macros at each
character of each text, though all that it knows begins with a backslash. Importing this module is enough.
"""

from gavo.base import macros
from gavo.utils import parsetricks


def _expand(expander, text):
    grammar, made = expander._macroGrammar, []
    grammar.keepTabs = True
    with parsetricks._PYPARSE_LOCK:
        while (place := text.find("\\")) >= 0:
            tokens, start, end = next(grammar.scanString(text[place:], 1), ((), None, None))
            if end is None:  # these are no macros
                break
            made += [text[: place + start], *map(str, tokens)]
            text = text[place + end :]
    return "".join([*made, text])


macros.MacroExpander.expand = _expand
