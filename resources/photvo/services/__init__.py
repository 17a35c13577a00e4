"""What the descriptors call. Importing it gives DaCHS our ADQL functions and corrections.

With machine/serve.py the only modules that import DaCHS; they translate between DaCHS' objects and the package's own.
"""

from . import adql, patches  # noqa: F401  (importing them is what they are for)
