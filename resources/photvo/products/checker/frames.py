"""Rules about the frames of time and position: TIMESYS, COOSYS, and who refers to them."""

from photvo.products.checker.parts import ORIGINS, local
from photvo.products.checker.rules import ERROR, REMARK, WARNING, number, quote, rule

#: http://www.ivoa.net/rdf/timescale and refposition, as VOTable 1.5 lists them.
TIMESCALES = ("GPS", "TAI", "TCB", "TCG", "TDB", "TT", "UNKNOWN", "UT", "UTC")
POSITIONS = ("BARYCENTER", "EMBARYCENTER", "GEOCENTER", "HELIOCENTER", "TOPOCENTER", "UNKNOWN")
#: http://www.ivoa.net/rdf/refframe, and the names of VOTable 1.4.
FRAMES = (
    "AZ_EL", "BODY", "ecl_FK4", "ECLIPTIC", "EQUATORIAL", "FK4", "FK5", "GALACTIC", "GALACTIC_I",
    "GENERIC_GALACTIC", "geo_app", "ICRS", "SUPER_GALACTIC", "UNKNOWN",
    "eq_FK4", "eq_FK5", "ecl_FK5", "galactic", "supergalactic", "xy", "barycentric",
)  # fmt: skip
#: What people write for time scales → the vocabulary's word.
OTHER_NAMES = {"TDT": "TT", "ET": "TT", "IAT": "TAI", "UT1": "UT", "GMT": "UT"}
CALENDAR_YEARS = ("yr", "a", "Ba")


def _title(element):
    return f"{local(element.tag)} {element.get('ID') or ''}".strip()


@rule(ERROR, "light_curves", "add one before the TABLE, with timescale, refposition and timeorigin")
def timesys_missing(document):
    """There is a TIMESYS. [Note 3; VOTable 1.5, TIMESYS]"""
    if not document.timesys:
        yield document.curves[0].table, "there is no TIMESYS: nobody can know what the times are"


@rule(ERROR, "timesys", f"write one of {', '.join(TIMESCALES)}")
def timesys_scale(element, document):
    """TIMESYS names a time scale of the vocabulary. [VOTable 1.5, TIMESYS: timescale]"""
    found = element.get("timescale") or ""
    if found not in TIMESCALES:
        fault = element, f"{_title(element)} has timescale {quote(found)}"
        meant = OTHER_NAMES.get(found.upper(), found.upper())
        yield (*fault, f"write {meant}") if meant in TIMESCALES else fault


@rule(ERROR, "timesys", f"write one of {', '.join(POSITIONS)}")
def timesys_position(element, document):
    """TIMESYS names a reference position of the vocabulary. [VOTable 1.5, TIMESYS: refposition]"""
    found = element.get("refposition") or ""
    if found not in POSITIONS:
        yield element, f"{_title(element)} has refposition {quote(found)}"


@rule(WARNING, "timesys", "find it out and say it")
def timesys_unknown(element, document):
    """Scale and position of the times are known. [ObsCore time extension: 100 s or 1000 s of doubt]"""
    doubt = [name for name in ("timescale", "refposition") if element.get(name) == "UNKNOWN"]
    if doubt:
        effect = "100 s" if doubt == ["timescale"] else "1000 s"
        yield (
            element,
            f"{_title(element)}: {' and '.join(doubt)} UNKNOWN leaves the times uncertain by {effect}",
        )


@rule(ERROR, "timesys", f"write {', '.join(ORIGINS)} or a Julian date")
def timesys_origin(element, document):
    """TIMESYS gives the origin of times that are numbers. [VOTable 1.5, TIMESYS: timeorigin (MUST)]"""
    found = element.get("timeorigin")
    users = [column for column in document.columns if column.target is element]
    if found is None:
        lost = [column for column in users if not column.textual and column.unit not in CALENDAR_YEARS]
        if lost:
            yield (
                element,
                f"{_title(element)} has no timeorigin, nobody knows what {quote(lost[0].name)} counts from",
            )
    elif found.strip() not in ORIGINS and number(found) is None:
        yield element, f"{_title(element)} has timeorigin {quote(found)}"
    elif users and all(column.textual for column in users):
        yield element, f"{_title(element)} has a timeorigin, but its times are dates", "take it away"


@rule(WARNING, "timesys", "if the times were not converted to TCB, write the scale that they are in")
def timesys_tcb(element, document):
    """TCB is said of times that were computed in it: in practice, Gaia's. [IAU 2006, Resolution B3]"""
    gaia = any(group.text("filterIdentifier").upper().startswith("GAIA/") for group in document.photcals)
    if element.get("timescale") == "TCB" and not gaia:
        yield element, f"{_title(element)} says TCB, 20 s from TDB by now, and the photometry is not Gaia's"


@rule(ERROR, "curves", 'add ref="ID of its TIMESYS"')
def time_ref(curve):
    """Every time refers to a TIMESYS. [Note 3.2; VOTable 1.5, TIMESYS (MUST)]"""
    epochs = [param for param in curve.params if param.kind == "time"]
    for column in curve.times + epochs if curve.document.timesys else ():
        if column.timesys is None and not column.dangles:
            yield column.element, f"{column.title} refers to no TIMESYS"


@rule(WARNING, "curves", "give both in one frame")
def epoch_frame(curve):
    """Epochs are in the frame of the main column of times. [practice: phases are computed from both]"""
    main = curve.main_time.timesys if curve.main_time else None
    for param in curve.params:
        if param.words[:1] != ("time.epoch",) or main is None or param.timesys is None:
            continue
        names = ("timescale", "refposition", "timeorigin")
        other = [name for name in names if (param.timesys.get(name) or "") != (main.get(name) or "")]
        if other:
            yield param.element, f"{param.title} differs from {curve.main_time.name} in {', '.join(other)}"


@rule(REMARK, "light_curves", "refer to it or take it away")
def frame_unused(document):
    """Every TIMESYS and COOSYS is referred to. [VOTable 1.5, TIMESYS, COOSYS]"""
    referred = {element.get("ref") for element in document.elements}
    for element in document.timesys + document.coosys:
        if element.get("ID") not in referred:
            yield element, f"nothing refers to {_title(element)}"


@rule(REMARK, "light_curves", "refer to that one")
def frame_repeated(document):
    """Tables share their frames. [Note 4.2]"""
    seen = {}
    for element in document.timesys + document.coosys:
        attributes = sorted((key, value) for key, value in element.attrib.items() if key != "ID")
        first = seen.setdefault((local(element.tag), *attributes), element)
        if first is not element:
            yield element, f"{_title(element)} is the same as {_title(first)}"


@rule(WARNING, "light_curves", 'add <COOSYS ID="…" system="ICRS" epoch="J2016.0"/> and refer to it')
def coosys_missing(document):
    """Positions have a COOSYS. [Note 3; VOTable 1.5, COOSYS]"""
    positions = [column for column in document.columns if column.kind == "position"]
    if positions and not document.coosys:
        yield positions[0].element, f"there is no COOSYS for {quote(positions[0].name)}"


@rule(ERROR, "coosys", "write ICRS, FK5 or another word of http://www.ivoa.net/rdf/refframe")
def coosys_system(element, document):
    """COOSYS names a frame of the vocabulary. [VOTable 1.5, COOSYS: system]"""
    if element.get("system") not in FRAMES:
        yield element, f"{_title(element)} has system {quote(element.get('system') or '')}"


@rule(WARNING, "coosys", 'add epoch="J2016.0", or whenever they were there')
def coosys_epoch(element, document):
    """COOSYS gives the epoch of the positions. [VOTable 1.5, COOSYS: epoch]"""
    if not element.get("epoch"):
        yield element, f"{_title(element)} has no epoch: stars move"


@rule(REMARK, "coosys", f"write one of {', '.join(POSITIONS)}")
def coosys_position(element, document):
    """COOSYS says from where the positions are seen. [VOTable 1.5, COOSYS: refposition]"""
    found = element.get("refposition")
    if document.version in ("1.5", "1.6") and found not in POSITIONS:
        yield element, f"{_title(element)} has refposition {quote(found or '')}"


@rule(WARNING, "columns", 'add ref="ID of its COOSYS"')
def position_ref(column):
    """Every position refers to a COOSYS. [VOTable 1.5, COOSYS]"""
    if column.kind == "position" and column.document.coosys and not column.dangles:
        if column.target is None or local(column.target.tag) != "COOSYS":
            yield column.element, f"{column.title} refers to no COOSYS"


@rule(WARNING, "curves", "add PARAMs in deg, UCDs pos.eq.ra;meta.main and pos.eq.dec;meta.main, and a COOSYS")
def position_missing(curve):
    """It is said where in the sky the object is. [practice; ObsCore 1.1, s_ra and s_dec]"""
    if not curve.positions:
        yield curve.table, f"{curve.title} does not say where the object is"


@rule(ERROR, "curves", "give right ascension as 0 to 360 deg, declination as -90 to 90 deg")
def position_value(curve):
    """Positions are angles on the sphere. [practice]"""
    for column in curve.positions:
        low, high = {"pos.eq.ra": (0, 360), "pos.eq.dec": (-90, 90)}.get(column.words[0], (None, None))
        if low is None or not column.numeric or column.unit not in ("deg", ""):
            continue
        values = curve.values(column) if column.index is not None else None
        if values is not None and ((values < low) | (values > high)).any():
            place, rows = curve.rows((values < low) | (values > high))
            yield place, f"{column.title} is not within {low} and {high} in {rows}"
        elif (
            column.index is None and column.value is not None and (column.value < low or column.value > high)
        ):
            yield column.element, f"{column.title} is {quote(column.text)}"
