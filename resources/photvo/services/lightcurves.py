"""Light curves for DataLink: what belongs to one, and what dlget can be asked."""

import math
from urllib.parse import quote

from gavo import base, rscdef
from gavo.protocols.datalink import DatalinkDescriptorMixin
from gavo.svcs.inputdef import InputKey

from photvo.products import columns, forms, series, votable

from .page import context

MS = base.makeStruct
#: Images that a document links, at most.
IMAGES = 1000


class LightCurve(DatalinkDescriptorMixin):
    """A DataLink descriptor of a light curve; `.series` are its passbands, `.times` are MJD (UTC) of its first and last
    exposure or None, `.folded` tells whether there is a period to fold with."""

    suppressAutoLinks = True
    mime = votable.MEDIA_TYPE

    def __init__(self, pubDID, found, times):
        self.pubDID, self.series, self.times = pubDID, found, times
        self.folded = 0 < (found[0].period or 0) < math.inf

    def link(self, semantics, url, description, media_type, size):
        """DaCHS' link out of what `light_curve_links` gives. Those that every light curve has are told by the band."""
        local = (self.series[0].band if len(self.series) == 1 else "all") if semantics in OF_BAND else None
        return self.makeLink(url, semantics=semantics, description=description, contentType=media_type, contentLength=size,
                             localSemantics=local, contentQualifier="#light-curve" if semantics == "#this" else None)  # fmt: skip


OF_BAND = "#this", "#preview", "#preview-plot"


def light_curve(did):
    """The descriptor for a publisher DID. Raises DaCHS' NotFoundError where there is none."""
    identifier = series.parse_did(did)
    with base.getTableConn() as connection:
        cursor = connection.cursor()
        found = identifier and series.find(cursor, identifier)
        if not found:
            raise base.NotFoundError(did, "light curve", "this archive")
        cursor.execute(
            f"SELECT min(t_min), max(t_max) FROM {identifier.collection}_db.series WHERE object_id = %s AND photosys_id = ANY(%s)",
            [identifier.object_id, [item.photosys_id for item in found]],
        )
        times = cursor.fetchone()
    return LightCurve(did, found, None if None in times else times)


def parameters(descriptor):
    """The parameters of dlget, for the service descriptor of a DataLink document."""

    def key(name, type, description, options=(), range=None, **attributes):
        values = {"default": None}
        if options:
            values["options"] = [MS(rscdef.Option, content_=option) for option in options]
        if range:
            values["min"], values["max"] = range
        return MS(InputKey, name=name, type=type, description=description, multiplicity="single",
                  values=MS(rscdef.Values, **values), **attributes)  # fmt: skip

    yield key("BAND", "text", "Passbands to send, out of those of the object", [s.band for s in descriptor.series],
              ucd="instr.bandpass")  # fmt: skip
    yield key("TIME", "double precision[2]", "Only points with obs_time_utc (MJD) from, to", range=descriptor.times,
              ucd="time.interval", unit="d", xtype="interval")  # fmt: skip
    yield key("CLEAN", "boolean", "Only good points: flags & %d is 0" % series.UNCLEAN)
    known = [form for form in forms.FORMS if descriptor.folded or form != "png/folded"]
    yield key("RESPONSEFORMAT", "text", "Form of the light curve", known, ucd="meta.code.mime")


def light_curve_links(descriptor):
    """What belongs to a light curve: (semantics, URL, what it is, media type, bytes), the last two may be None."""
    here, found = context(), descriptor.series
    collection = found[0].collection
    address = f"{here.server_url}/{collection}/lightcurves/sdl/dlget?ID={descriptor.pubDID}"
    title = f"{found[0].name} in {', '.join(item.band for item in found)}"
    with base.getTableConn() as connection:
        cursor = connection.cursor()
        rows = series.points(cursor, found)
        images = [series.images(cursor, collection, part) for part in rows]
        cursor.execute(f"SELECT name FROM {collection}_db.object_names WHERE object_id = %s", [found[0].object_id])
        names = [row[0] for row in cursor.fetchall()]
    curves = [(item, columns.assemble(item, part, some, here.image)) for item, part, some in zip(found, rows, images)]
    yield "#this", address, f"Light curve of {title}", votable.MEDIA_TYPE, len(votable.document(curves, here))
    yield "#preview", f"{address}&RESPONSEFORMAT=png", f"Picture of the light curve of {title}", "image/png", None
    if descriptor.folded:
        yield "#preview-plot", f"{address}&RESPONSEFORMAT=png/folded", "The same, folded with the published period", "image/png", None
    progenitors = {key: value for some in images for key, value in some.items()}
    there = [(here.image(accref), telescope) for accref, telescope in progenitors.values() if here.image(accref)]
    more = len(there) - IMAGES
    for place, (url, telescope) in enumerate(there[:IMAGES], 1):
        text = "Image that a point was measured on" + (f" ({telescope})" if telescope else "")
        if more > 0 and place == IMAGES:
            text += f"; {more} more are in the light curve's column image"
        yield "#progenitor", url, text, "application/fits", None
    if any((part["comp_set"] > 0).any() for part in rows):
        bands = ", ".join(f"'{item.band}'" for item in found)
        query = f"SELECT * FROM {collection}.comparison_stars WHERE object_id = {found[0].object_id} AND band IN ({bands})"
        yield ("#auxiliary", f"{here.server_url}/tap/sync?LANG=ADQL&QUERY={quote(query)}",
               "Comparison stars: positions and magnitudes", votable.MEDIA_TYPE, None)  # fmt: skip
    for address, text in counterparts(found[0], names):
        yield "#counterpart", address, text, "text/html", None
    yield "#documentation", f"{here.server_url}/{collection}/lightcurves/ssa/info", "What the columns, times and flags are", "text/html", None


def counterparts(item, names):
    """Where other archives have the object of a Series: (URL, what it is). `names` are all its names."""
    if item.gaia_name:
        yield f"https://vizier.cds.unistra.fr/viz-bin/VizieR-5?-source=I/355/gaiadr3&Source={item.gaia_name}", "The object in Gaia DR3"
    real = [name for name in names if not name.startswith(("SIM ", "DVO ")) and not name.isdigit()]
    if real:
        name = next((name for name in real if name.startswith("V* ")), real[0])
        yield f"https://simbad.cds.unistra.fr/simbad/sim-id?Ident={quote(name)}", "The object in SIMBAD"
    if real and item.var_type:
        yield f"https://vsx.aavso.org/index.php?view=search.top&ident={quote(item.name)}", "The object in the AAVSO's VSX"
