"""What the descriptors call. Importing it gives DaCHS our ADQL functions and corrections (inputs, jobs, pages, patches,
records) and a quick way to read descriptors (macros), and the products the files of an attached DVO.

What makes DaCHS faster (grammar, memo, sync) is for the server alone, and machine/serve.py imports it. Beside these, only
what runs in DaCHS' processes imports DaCHS: parts of machine/, and grammar.py.
"""

from photvo.archive.dvo.attached import attach
from photvo.settings import Settings

from . import adql, inputs, jobs, macros, pages, patches, records  # noqa: F401  (importing them is what they are for)

attach(Settings.load())
