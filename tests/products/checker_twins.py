"""Twins of good_light_curve.xml, each with one fault: the code of the rule that has to find it, and edits.

An edit is (old, new), for the first `old`, or a function of the text. Where the finding is in another line
than the first one edited, `at` is a text in that line; `times` is how often the fault is told (once a TABLE).
"""

import base64
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from photvo.products import checker

GOOD = (Path(__file__).parent / "good_light_curve.xml").read_text(encoding="utf-8")
TABLE_V, TABLE_G = '<TABLE ID="table_V"', '<TABLE ID="table_g"'
ROWS_G = re.search(r'(?s)name="g".*<DATA>(.*?)</DATA>', GOOD).group(1)
GROUP_R = """<GROUP ID="photcal_R" name="PHOTCAL" ucd="phot" utype="PhotDM:PhotCal">
<DESCRIPTION>Bessell R in the Vega system</DESCRIPTION>
<PARAM name="filterIdentifier" datatype="char" arraysize="*" ucd="meta.id;instr.filter"
  utype="photDM:PhotometryFilter.identifier" value="Generic/Bessell.R"/>
<PARAM name="zeroPointFlux" datatype="double" unit="Jy" ucd="phot.mag;arith.zp"
  utype="photDM:PhotCal.zeroPoint.flux.value" value="3057"/>
<PARAM name="magnitudeSystem" datatype="char" arraysize="*" ucd="meta.code"
  utype="photDM:PhotCal.magnitudeSystem.type" value="Vega"/>
<PARAM name="effectiveWavelength" datatype="double" unit="nm" ucd="em.wl.effective"
  utype="photDM:PhotometryFilter.spectralLocation.value" value="641.1"/>
</GROUP>
"""
GROUP_G = re.search(r'(?s)<GROUP ID="photcal_g".*?</GROUP>\n', GOOD).group(0)
MAGSYS_V = re.search(r'(?s)<PARAM name="magnitudeSystem".*?/>\n', GOOD).group(0)
COOSYS = re.search(r"<COOSYS.*\n", GOOD).group(0)
TDB, UTC = re.findall(r"<TIMESYS.*\n", GOOD)
PARAMS = {
    name: re.search(rf'<PARAM name="{name}".*\n', GOOD).group(0)
    for name in ("ra", "dec", "epoch", "obs_publisher_did")
}


def codes(text):
    """The codes of the findings about a document, in order of line."""
    content = text if isinstance(text, bytes) else text.encode()
    return [finding.code for finding in checker.check("curve.vot", content)]


def removed(*texts):
    """Edits that take these texts away."""
    return [(text, "") for text in texts]


def everywhere(old, new):
    """An edit of every `old`."""
    return lambda text: text.replace(old, new)


def in_g(old, new):
    """An edit of the first `old` in the second TABLE."""

    def edit(text):
        head, mark, tail = text.partition(TABLE_G)
        assert old in tail
        return head + mark + tail.replace(old, new, 1)

    return edit


def rows_g(rows):
    return (ROWS_G, rows)


@dataclass
class Twin:
    code: str
    edits: list
    at: str | None = None
    times: int = 1

    @property
    def text(self):
        text = GOOD
        for edit in self.edits:
            if callable(edit):
                edited = edit(text)
            else:
                assert edit[0] in text, edit
                edited = text.replace(*edit, 1)
            assert edited != text, edit
            text = edited
        return text

    @property
    def line(self):
        """The line (1-based) in which the fault is."""
        if self.at:
            return self.text[: self.text.index(self.at)].count("\n") + 1
        pairs = zip(GOOD.splitlines(), self.text.splitlines())
        return next(number for number, (good, bad) in enumerate(pairs, 1) if good != bad)


BINARY_G = base64.b64encode(struct.pack(">dfffi", 59509.9, 11.6, 0.02, 30, 0)).decode()

TWINS = [
    # the document
    Twin("XML_PREFIX", [('<RESOURCE type="results">', '<RESOURCE type="results" xsi:schemaLocation="x">')]),
    Twin("VERSION", [('version="1.5"', 'version="1.3"')]),
    Twin("NAMESPACE", [("VOTable/v1.3", "VOTable/v1.5")]),
    Twin("SCHEMA", [('<FIELD name="mag"', '<FIELD colour="yellow" name="mag"')]),
    Twin("ID_REPEATED", [(TABLE_G, TABLE_V)]),
    Twin("REF_DANGLING", [('ref="icrs"', 'ref="ICRS"')]),
    Twin(
        "TIMESYS_ORDER", [*removed(TDB), (PARAMS["epoch"], PARAMS["epoch"] + TDB)], at='<PARAM name="epoch"'
    ),
    Twin("FRAME_ORDER", [*removed(COOSYS), (PARAMS["ra"], PARAMS["ra"] + COOSYS)], at='<PARAM name="ra"'),
    Twin("QUERY_FAILED", [('value="OK"', 'value="ERROR"')]),
    Twin("QUERY_OVERFLOW", [('value="OK"', 'value="OVERFLOW"')]),
    Twin(
        "NO_LIGHT_CURVE",
        [everywhere("time.epoch", "time.release"), everywhere("timeseries", "cube")],
        at=TABLE_V,
    ),
    Twin("RESOURCE_TYPE", [(' type="results"', "")]),
    Twin("CITATION_MISSING", [('name="citation"', 'name="quotation"')], at=TABLE_V),
    Twin("RIGHTS_MISSING", [('name="rights"', 'name="wrongs"')], at=TABLE_V),
    Twin("ORIGIN_INCOMPLETE", [('name="contact"', 'name="contract"')], at=TABLE_V),
    Twin("PYTHON_REPR", [("Bessell V in the Vega system", "&lt;Param, zeropoint=''&gt;")]),
    Twin("TEXT_MANGLED", [("Example Observatory", "Observatory of Ko\u00c5\u00a1ice")]),
    Twin("TEXT_NOT_ASCII", [('value="SS Cyg"', 'value="\u03c7 Cyg"')]),
    # frames
    Twin(
        "TIMESYS_MISSING",
        [*removed(TDB, UTC), everywhere(' ref="tdb"', ""), everywhere(' ref="utc"', "")],
        at=TABLE_V,
    ),
    Twin("TIMESYS_SCALE", [('timescale="UTC"', 'timescale="utc"')]),
    Twin("TIMESYS_POSITION", [('refposition="TOPOCENTER"', 'refposition="TOPOCENTRE"')]),
    Twin("TIMESYS_UNKNOWN", [('refposition="TOPOCENTER"', 'refposition="UNKNOWN"')]),
    Twin("TIMESYS_ORIGIN", [('"TOPOCENTER" timeorigin="MJD-origin"', '"TOPOCENTER" timeorigin=""')]),
    Twin("TIMESYS_ORIGIN", [('"TOPOCENTER" timeorigin="MJD-origin"', '"TOPOCENTER"')]),
    Twin(
        "TIMESYS_TCB",
        [
            ('timescale="UTC"', 'timescale="TCB"'),
            ('ucd="time.epoch" unit="d" ref="utc"', 'ucd="time.start" unit="d" ref="utc"'),
        ],
    ),
    Twin("TIME_REF", [in_g(' ref="tdb"', "")]),
    Twin("TIME_REF", [('ref="tdb" value="45401.7446"', 'value="45401.7446"')]),
    Twin("EPOCH_FRAME", [('ref="tdb" value="45401.7446"', 'ref="utc" value="45401.7446"')]),
    Twin(
        "FRAME_UNUSED",
        [(UTC, UTC + '<TIMESYS ID="tt" timescale="TT" refposition="GEOCENTER" timeorigin="0"/>\n')],
    ),
    Twin(
        "FRAME_REPEATED",
        [
            (COOSYS, COOSYS + COOSYS.replace('"icrs"', '"again"')),
            (PARAMS["dec"], PARAMS["dec"].replace('"icrs"', '"again"')),
        ],
    ),
    Twin("COOSYS_MISSING", [*removed(COOSYS), everywhere(' ref="icrs"', "")], at='<PARAM name="ra"'),
    Twin("COOSYS_SYSTEM", [('system="ICRS"', 'system="J2000"')]),
    Twin("COOSYS_EPOCH", [(' epoch="J2016.0"', "")]),
    Twin("COOSYS_POSITION", [('"J2016.0" refposition="BARYCENTER"', '"J2016.0"')]),
    Twin("POSITION_REF", [(' ref="icrs"', "")]),
    Twin("POSITION_MISSING", removed(COOSYS, PARAMS["ra"], PARAMS["dec"]), at=TABLE_V, times=2),
    Twin("POSITION_VALUE", [('value="325.679"', 'value="685.679"')]),
    # photometric systems
    Twin(
        "PHOTCAL_MISSING",
        [lambda text: re.sub(r'(?s)<GROUP.*?</GROUP>\n| ref="photcal_.*?"', "", text)],
        at=TABLE_V,
    ),
    Twin("PHOTCAL_NAME", [('name="PHOTCAL"', 'name="photcal"')]),
    Twin("PHOTCAL_ID", [(GROUP_G, GROUP_G + GROUP_R.replace(' ID="photcal_R"', ""))]),
    Twin("PHOTCAL_UTYPE", [(' utype="PhotDM:PhotCal"', "")]),
    Twin("PHOTCAL_UCD", [(' ucd="phot"', "")]),
    Twin(
        "PHOTCAL_DESCRIPTION",
        removed("<DESCRIPTION>Bessell V in the Vega system</DESCRIPTION>\n"),
        at='<GROUP ID="photcal_V"',
    ),
    Twin("PHOTCAL_PARAM", removed(MAGSYS_V), at='<GROUP ID="photcal_V"'),
    Twin(
        "PHOTCAL_PARAMREF",
        [
            (MAGSYS_V, '<PARAMref ref="vega"/>\n'),
            (PARAMS["ra"], MAGSYS_V.replace("<PARAM", '<PARAM ID="vega"') + PARAMS["ra"]),
        ],
        at='<GROUP ID="photcal_V"',
    ),
    Twin("PHOTCAL_PARAM_UCD", [('ucd="meta.code"', 'ucd="meta.code.class"')]),
    Twin(
        "PHOTCAL_PARAM_UTYPE",
        [("photDM:PhotCal.magnitudeSystem.type", "photDM:PhotCal.magSys")],
        at='<PARAM name="magnitudeSystem"',
    ),
    Twin("PHOTCAL_UNKNOWN", [('value="Vega"', 'value=""')], at='<GROUP ID="photcal_V"'),
    Twin(
        "FILTER_FORM",
        [('value="Generic/Bessell.V"', 'value="Johnson V"')],
        at='<PARAM name="filterIdentifier"',
    ),
    Twin("MAGSYS_NAME", [('value="Vega"', 'value="Johnson"')], at='<PARAM name="magnitudeSystem"'),
    Twin("MAGSYS_FILTER", [('value="Vega"', 'value="AB"')], at='<PARAM name="magnitudeSystem"'),
    Twin("ZEROPOINT_VALUE", [('value="3630.2"', 'value="-3630.2"')], at='<PARAM name="zeroPointFlux"'),
    Twin("ZEROPOINT_UNIT", [('unit="Jy"', 'unit="mag"')]),
    Twin("ZEROPOINT_SYSTEM", [('value="3630.2"', 'value="1699.7"')], at='<PARAM name="zeroPointFlux"'),
    Twin("WAVELENGTH_VALUE", [('value="544.5"', 'value="0"')], at='<PARAM name="effectiveWavelength"'),
    Twin("WAVELENGTH_UNIT", [('unit="nm"', 'unit="Hz"')]),
    Twin(
        "WAVELENGTH_FILTER",
        [("Bessell.V", "Bessell.I"), ('value="3630.2"', 'value="2415.6"')],
        at='<PARAM name="effectiveWavelength"',
    ),
    # bands
    Twin("PHOT_REF", [(' ref="photcal_V"', "")]),
    Twin(
        "ERROR_REF",
        [
            (
                'ucd="stat.error;phot.mag;em.opt.V" unit="mag" ref="photcal_V"',
                'ucd="stat.error;phot.mag;em.opt.V" unit="mag"',
            )
        ],
    ),
    Twin("PHOTCAL_UNUSED", [(GROUP_G, GROUP_G + GROUP_R)]),
    Twin(
        "PHOTCAL_REPEATED",
        [
            (GROUP_G, GROUP_G + GROUP_G.replace("photcal_g", "photcal_2")),
            ('em.opt.B" unit="mag" ref="photcal_g"', 'em.opt.B" unit="mag" ref="photcal_2"'),
        ],
    ),
    Twin(
        "BAND_REPEATED",
        [*removed(GROUP_G), everywhere("photcal_g", "photcal_V"), everywhere("em.opt.B", "em.opt.V")],
        at=TABLE_G,
    ),
    Twin("BANDS_MIXED", [('ucd="meta.id;instr.tel"', 'ucd="instr.bandpass"'), ("ZIGA", "V")]),
    Twin("OBJECTS_MIXED", [('ucd="meta.id;instr.tel"', 'ucd="meta.id;src"'), ("ZIGA", "U Gem")]),
    Twin("UCD_BAND", [('ucd="phot.mag;em.opt.B"', 'ucd="phot.mag;em.opt.V"')]),
    Twin("UCD_GENERIC", [('ucd="phot.mag;em.opt.B"', 'ucd="phot.mag;em.opt"')]),
    # tables and columns
    Twin(
        "TABLE_DESCRIPTION",
        [
            in_g(
                re.search(r"<DESCRIPTION>Light curve of SS Cyg in Sloan g.*\n", GOOD).group(0),
                "",
            )
        ],
        at=TABLE_G,
    ),
    Twin(
        "PRODUCT_TYPE",
        [('value="lightcurve"', 'value="light curve"')],
        at='<PARAM name="dataproduct_subtype"',
    ),
    Twin(
        "PRODUCT_TYPE",
        [lambda text: re.sub(r'(?s)<PARAM name="dataproduct_type".*?/>\n', "", text, count=1)],
        at=TABLE_V,
    ),
    Twin("PRODUCT_ATTRIBUTES", [(' ucd="meta.code.class"', "")]),
    Twin(
        "TIME_MISSING",
        [in_g('ucd="time.epoch;meta.main" unit="d" ref="tdb"', 'ucd="time.release" unit="d"')],
        at=TABLE_G,
    ),
    Twin("PHOT_MISSING", [in_g('ucd="phot.mag;em.opt.B"', 'ucd="phot.mag;arith.diff;em.opt.B"')], at=TABLE_G),
    Twin(
        "ERROR_MISSING",
        [in_g('ucd="stat.error;', 'ucd="stat.stdev;')],
        at='<FIELD name="mag" datatype="float" ucd="phot.mag;em.opt.B"',
    ),
    Twin("TIME_PRECISION", [in_g('datatype="double" ucd="time.epoch', 'datatype="float" ucd="time.epoch')]),
    Twin("TIME_MAIN", [in_g("time.epoch;meta.main", "time.epoch")]),
    Twin("UCD_INVALID", [('ucd="obs.airMass"', 'ucd="opt.v;obs.airMass"')]),
    Twin("UCD_MISSING", [(' ucd="obs.airMass"', "")]),
    Twin("UTYPE_ODD", [('ucd="obs.airMass"', 'ucd="obs.airMass" utype="obs.airMass;obs.exposure"')]),
    Twin(
        "UTYPE_ODD",
        [
            (
                'ucd="phot.mag;em.opt.V"',
                'ucd="phot.mag;em.opt.V" utype="spec:Spectrum.Data.SpectralAxis.Value"',
            )
        ],
    ),
    Twin("UNIT_MISSING", [(' unit="s"', "")]),
    Twin("UNIT_WRONG", [(' unit="s"', ' unit="mag"')]),
    Twin("UNIT_INVALID", [(' unit="s"', ' unit="seconds"')]),
    Twin("FIELD_DESCRIPTION", removed("\n<DESCRIPTION>Air mass</DESCRIPTION>"), at='<FIELD name="airmass"'),
    Twin("NAME_REPEATED", [('name="airmass"', 'name="exptime"')]),
    Twin(
        "CHAR_ARRAYSIZE",
        [('name="target_name" datatype="char" arraysize="*"', 'name="target_name" datatype="char"')],
    ),
    Twin("PARAM_NUMBER", [('value="0.27512973"', 'value="0.27512973 d"')]),
    Twin("IDENTITY_MISSING", [('ucd="meta.id;meta.main"', 'ucd="meta.id"')], at=TABLE_V, times=2),
    Twin("DID_MISSING", removed(PARAMS["obs_publisher_did"]), at=TABLE_V, times=2),
    Twin("FLAGS_MISSING", [in_g('ucd="meta.code.qual"', 'ucd="meta.note"')], at=TABLE_G),
    Twin("EXPOSURE_MISSING", [in_g('ucd="time.duration;obs.exposure"', 'ucd="obs.param"')], at=TABLE_G),
    Twin("PERIOD_VALUE", [('value="0.27512973"', 'value="0"')]),
    Twin("PERIOD_EPOCH", removed(PARAMS["epoch"]), at='<PARAM name="period"'),
    # rows
    Twin(
        "DATA_UNREADABLE",
        [rows_g('<BINARY2><STREAM encoding="base64">AGF!</STREAM></BINARY2>')],
        at="<BINARY2>",
    ),
    Twin(
        "DATA_UNREADABLE",
        [rows_g('<BINARY2><STREAM encoding="base64">AGFiYw==</STREAM></BINARY2>')],
        at="<BINARY2>",
    ),
    Twin("DATA_FORM", [rows_g('<FITS><STREAM href="http://example.org/g.fits"/></FITS>')], at="<FITS>"),
    Twin(
        "DATA_FORM", [rows_g('<BINARY2><STREAM href="http://example.org/g.bin"/></BINARY2>')], at="<BINARY2>"
    ),
    Twin(
        "DATA_BINARY", [rows_g(f'<BINARY><STREAM encoding="base64">{BINARY_G}</STREAM></BINARY>')], at=TABLE_G
    ),
    Twin("ROW_LENGTH", [in_g("<TD>11.7</TD>", "")]),
    Twin("NOT_A_NUMBER", [in_g("<TD>11.7</TD>", "<TD>11,7</TD>")]),
    Twin("NROWS", [('nrows="6"', 'nrows="7"')]),
    Twin("NO_ROWS", [rows_g("<TABLEDATA></TABLEDATA>")], at=TABLE_G),
    Twin("SENTINEL", [in_g("<TD>11.7</TD>", "<TD>99.99</TD>")]),
    Twin("SENTINEL", [in_g("<TD>11.7</TD><TD>0.02</TD>", "<TD>11.7</TD><TD>9.99</TD>")]),
    Twin("SENTINEL", [("<TD>1.081</TD>", "<TD>99.99</TD>")]),
    Twin("NOT_FINITE", [in_g("<TD>11.7</TD>", "<TD>+Inf</TD>")]),
    Twin("ERROR_VALUE", [in_g("<TD>11.7</TD><TD>0.02</TD>", "<TD>11.7</TD><TD>0</TD>")]),
    Twin("MAG_RANGE", [in_g("<TD>11.7</TD>", "<TD>-1170</TD>")]),
    Twin("AIRMASS_VALUE", [("<TD>1.081</TD>", "<TD>0</TD>")]),
    Twin(
        "EXPOSURE_VALUE",
        [in_g("<TD>11.7</TD><TD>0.02</TD><TD>30</TD>", "<TD>11.7</TD><TD>0.02</TD><TD>0</TD>")],
    ),
    Twin(
        "ALL_NULL",
        [lambda text: re.sub(r"<TD>11\.[678]</TD>", "<TD/>", text)],
        at='<FIELD name="mag" datatype="float" ucd="phot.mag;em.opt.B"',
    ),
    Twin("TIME_NULL", [in_g("<TD>59510.9</TD>", "<TD/>")]),
    Twin("TIME_RANGE", [in_g("<TD>59511.9</TD>", "<TD>2459512.4</TD>")]),
    Twin("TIME_ORDER", [in_g("<TD>59510.9</TD>", "<TD>59508.9</TD>")]),
    Twin("TIME_REPEATED", [in_g("<TD>59510.9</TD>", "<TD>59509.9</TD>")]),
    Twin("TIMES_DISAGREE", [("<TD>59914.73958912</TD>", "<TD>59914.78125579</TD>")]),
]
