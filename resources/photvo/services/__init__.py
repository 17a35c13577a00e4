"""What the descriptors call. Importing it gives DaCHS our ADQL functions and corrections, and the products the files of an
attached DVO.

With machine/serve.py the only modules that import DaCHS; they translate between DaCHS' objects and the package's own.
"""

from photvo.archive.dvo.attached import attach
from photvo.settings import Settings

from . import adql, grammar, memo, patches, sync  # noqa: F401  (importing them is what they are for)

attach(Settings.load())
