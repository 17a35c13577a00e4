"""What validators say about us that is not ours to mend, each with its reason; and judging what they say.

A remark that is listed here and no longer made is to be deleted: the tests say so.
"""

import re
from typing import NamedTuple


class Remark(NamedTuple):
    """A known remark: the validator, what it says (a regular expression), and why that is so."""

    tool: str
    text: str
    reason: str


_MIXED_CASE = """ssa_creatorDID ssa_pubDID ssa_dateObs ssa_timeExt ssa_csysName ssa_timeSI ssa_spectralSI
    ssa_fluxSI
  ssa_fluxStatError ssa_fluxSysError ssa_binSize ssa_spectStatError ssa_spectSysError ssa_spaceError
  ssa_spaceCalib
  ssa_spaceRes""".split()
_TWICE = (
    "{} is in VALUES as a name of several media types: DaCHS lists the forms of an answer by media type,"
    " with one name for some; "
    "in the metadata answers of all protocols alike"
)

KNOWN = [
    Remark("taplint", r"CAP CPUL AccessURL for ivo://ivoa.net/std/VOSI#capabilities is not at fixed"
                      r" location .*",
           "DaCHS declares the address that /tap/capabilities is short for; both answer"),
    Remark("taplint", r"CAP CPUL AccessURL for ivo://ivoa.net/std/VOSI#tables is not at fixed location .*",
           "the same for /tap/tables"),
    Remark("taplint", r"MDQ DRXT Declared/result XType mismatch for column t_(min|max) in table"
                      r" (ivoa.obscore|\w+\.(obs_)?images) \(null != mjd\)",
           "xtype mjd is DaCHS' own, in its definition of ObsCore's columns; TAP_SCHEMA leaves it out"),
    Remark("taplint", r"MDQ DRXT Declared/result XType mismatch for column ssa_dateobs in table \w+.ts_ssa"
                      r" \(null != mjd\)",
           "the same in its definition of SSA's columns"),
    *(Remark("taplint", rf"MDQ CCAS Declared/result column capitalization mismatch in table \w+.ts_ssa"
                        rf" {name.lower()} != {name}",
             "DaCHS writes SSA's columns in mixed case and lists them in TAP_SCHEMA in small letters; ADQL"
             " does not look at case")
      for name in _MIXED_CASE),
    Remark("taplint", r"MDQ CCAS Declared/result column capitalization mismatch in table tap_schema.\w+"
                      r" sourcerd != sourceRD",
           "the same in DaCHS' own tables"),
    Remark("taplint", r'UPL YAR1 .*arraysize="1" deprecated since VOTable 1.3 Erratum #3',
           "TAP_UPLOAD comes back with char columns as DaCHS declares them: a char of one letter has"
           " arraysize 1, for the sake of TOPCAT of 2018"),
    Remark("votlint", r'Non-DALI 1.1 xtype value "mjd" \(FIELD (ssa_dateObs|t_min|t_max)\)',
           "xtype mjd is DaCHS' own, in its definitions of SSA's and ObsCore's columns"),
    Remark("votlint", r"Name '(Alias for )?[^']*' already used in this VALUES",
        _TWICE.format("RESPONSEFORMAT")),
    Remark("votlint", r'TIMESYS element with ID="ts-02" never referenced',
           "the SSA tables of two collections share one annotation of their date in DaCHS, and it is written for each"),
    Remark("dachs val", r"\[WARNING\] \S+: Cannot publish product types served in obscore \(\); .*",
           "DaCHS would take them from statistics that `dachs limits` makes; etc/userconfig.rd gives them"),
]  # fmt: skip


def judge(tool, said):
    """Fails where `said`, a list of texts, has one that is not known, or where a known one is missing."""
    known = [remark for remark in KNOWN if remark.tool == tool]
    unknown = sorted({text for text in said if not any(re.fullmatch(remark.text, text) for remark in known)})
    assert not unknown, f"{tool} says: " + "\n".join(unknown)
    gone = [remark.text for remark in known if not any(re.fullmatch(remark.text, text) for text in said)]
    assert not gone, f"{tool} no longer says this; delete it from remarks.py: {gone}"
