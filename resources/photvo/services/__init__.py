"""What the descriptors call. Importing it gives DaCHS our ADQL functions and corrections (inputs, jobs, pages, patches,
records), and the products the files of an attached DVO.

What makes DaCHS faster (grammar, memo, sync) is for the server alone, and machine/serve.py imports it. These two are the
only ones that import DaCHS; they translate between DaCHS' objects and the package's own.
"""

from photvo.archive.dvo.attached import attach
from photvo.settings import Settings

from . import adql, inputs, jobs, pages, patches, records  # noqa: F401  (importing them is what they are for)

attach(Settings.load())
