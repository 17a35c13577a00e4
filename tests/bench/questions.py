"""What is asked, by HTTP and, for the floor, by SQL: (path, SQL, parameters) for each of some dozens of objects."""

import random
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from photvo.settings import TOP

SOME = 60  # different objects a question
COMPARISON = 1701925222477693952  # the seed's
CONE, SSA, SCS = 0.1, "kolonica/lightcurves/ssa/ssap.xml", "kolonica/objects/cone/scs.xml"

#: The seed's requests in SQL, by the title of their counterpart among the TAP examples (etc/userconfig.rd).
SEED = {
    "Light curve of a star by its name":
        "SELECT extract(julian FROM dateobs AT TIME ZONE 'UTC+12') AS jd, magnitude, mag_err, p.band FROM lightcurves l"
        " JOIN objects o ON l.object_id = o.id JOIN photosys p ON l.photosys_id = p.id"
        " WHERE o.simbad_name ILIKE 'TYC 4568-4%'",
    "The same light curve with UTC":
        "SELECT dateobs AT TIME ZONE 'UTC' AS dateobs_utc, magnitude, mag_err, p.band FROM lightcurves l"
        " JOIN objects o ON l.object_id = o.id JOIN photosys p ON l.photosys_id = p.id"
        " WHERE o.simbad_name ILIKE 'TYC 4568-4%'",
    "Points measured with a comparison star":
        f"SELECT count(lightcurve_id) FROM metadata_lc_json WHERE '\"{COMPARISON}\"' <@ (data->'comp_stars')",
    "Objects around SS Cyg":
        "SELECT gaia_name, simbad_name, coordequ <-> spoint '(325.679d, 43.5862d)' AS dist FROM objects"
        " WHERE coordequ <@ scircle('<(325.679d, 43.5862d), 0.1d>') ORDER BY dist",
    "The FITS header of an observation": "SELECT data FROM metadata_obs_json WHERE observation_id = 1",
    "An observation": "SELECT * FROM observations LIMIT 1",
    "An object's position by its VSX name":
        "SELECT coordequ, simbad_name, vsx_name FROM objects WHERE vsx_name ILIKE 'ss cyg'",
}  # fmt: skip


@dataclass
class Question:
    """`asked`: (path, SQL, parameters), one an object. `role` is whose eyes the SQL needs. `target` in ms.
    `same_rows`: whether the answer is a table with the SQL's rows."""

    name: str
    asked: list = field(repr=False)
    target: float | None = None
    role: str = "readonly"
    times: int = 100
    same_rows: bool = True

    @property
    def paths(self):
        return [path for path, _, _ in self.asked]


def tap(adql):
    """The path of a synchronous TAP query."""
    return "/tap/sync?" + urlencode({"LANG": "ADQL", "QUERY": " ".join(adql.split())})


def examples():
    """title → ADQL of the examples in etc/userconfig.rd."""
    found = {}
    for element in ElementTree.parse(TOP / "etc" / "userconfig.rd").iter("meta"):
        if element.get("name") == "_example":
            found[element.get("title")] = element.text.partition(".. tapquery::")[2].strip()
    return found


def make(instance):
    """All questions, about objects of the instance's archive; the same for the same archive."""
    rng = random.Random(1)
    authority = instance.settings.authority
    places = instance.query("SELECT ra, dec FROM objects ORDER BY id")
    middling = instance.query("SELECT object_id, photosys_id, band FROM series WHERE npoints BETWEEN 33 AND 37 ORDER BY 1, 2")
    largest = instance.query("SELECT object_id, photosys_id, band FROM series ORDER BY npoints DESC, 1, 2 LIMIT 1")
    names = instance.query("SELECT name FROM object_names ORDER BY object_id, name")
    # SSA's SIZE is a diameter
    crowded = instance.query(
        "SELECT o.ra, o.dec FROM objects o CROSS JOIN LATERAL (SELECT count(*) AS n FROM series s"
        " WHERE s.coordequ <@ scircle(o.coordequ, radians(%s))) c WHERE n BETWEEN 26 AND 30 AND o.id %% 5 = 0 ORDER BY o.id",
        [CONE / 2],
    )
    places, middling, names, crowded = (rng.sample(rows, min(SOME, len(rows))) for rows in (places, middling, names, crowded))
    inside = "{} <@ scircle(spoint(radians(%(ra)s), radians(%(dec)s)), radians(%(radius)s))"

    def around(rows, path, sql, radius):
        return [(path.format(ra=ra, dec=dec), sql, {"ra": ra, "dec": dec, "radius": radius}) for ra, dec in rows]

    def did(row):
        return f"ivo://{authority}/~?kolonica/lightcurves/{row[0]}/{row[2]}"

    def of_series(rows, renderer, sql):
        return [(f"/kolonica/lightcurves/sdl/{renderer}?ID={quote(did(row))}", sql, row[:2]) for row in rows]

    points = (
        "SELECT obs_time, obs_time_utc, mag, mag_err, exptime, flags FROM points"
        " WHERE object_id = %s AND photosys_id = %s ORDER BY obs_time"
    )
    obscore = "SELECT * FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({ra}, {dec}, %s))" % (CONE / 2)
    made = [
        Question(f"cone search {CONE}°", around(places, f"/{SCS}?RA={{ra}}&DEC={{dec}}&SR={CONE}",
                 f"SELECT * FROM objects WHERE {inside.format('coordequ')}", CONE), 5),
        Question(f"SSA SIZE={CONE}", around(crowded, f"/{SSA}?REQUEST=queryData&POS={{ra}},{{dec}}&SIZE={CONE}",
                 f"SELECT * FROM kolonica.ts_ssa WHERE {inside.format('ssa_location')}", CONE / 2), 17, "admin"),
        Question("ObsCore cone by TAP", [(tap(obscore.format(ra=ra, dec=dec)), sql, parameters) for (ra, dec), (_, sql, parameters)
                 in zip(crowded, around(crowded, "", "SELECT * FROM ivoa.obscore WHERE"
                 " q3c_join(%(ra)s, %(dec)s, s_ra, s_dec, %(radius)s)", CONE / 2))], 40, "admin"),
        Question("light curve, 35 points", of_series(middling, "dlget", points)),
        Question("light curve, the largest", of_series(largest, "dlget", points)),
        Question("DataLink document", of_series(middling, "dlmeta", "SELECT * FROM series WHERE object_id = %s AND photosys_id = %s"),
                 same_rows=False),
        Question("SSA TARGETNAME", [(f"/{SSA}?REQUEST=queryData&TARGETNAME={quote(name.lower())}", "SELECT * FROM kolonica.ts_ssa"
                 " WHERE object_id IN (SELECT object_id FROM kolonica_db.object_names WHERE name_key = kolonica_db.name_key(%s))",
                 [name.lower()]) for name, in names], 20, "admin"),
    ]  # fmt: skip
    adql = examples()
    made += [Question(f"TAP: {title[0].lower()}{title[1:]}", [(tap(adql[title]), sql, None)], times=40) for title, sql in SEED.items()]
    return made
