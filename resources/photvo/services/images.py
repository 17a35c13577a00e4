"""Images for DataLink."""

from gavo import base
from gavo.protocols.datalink import DatalinkDescriptorMixin

from photvo.products import series, votable

from .page import context

#: Light curves that a document links, at most.
CURVES = 1000


class Image(DatalinkDescriptorMixin):
    """A DataLink descriptor of an image."""

    suppressAutoLinks = True
    mime = "application/fits"

    def __init__(self, pubDID, accref, size, mime, observation_id):
        self.pubDID, self.accref, self.size, self.mime, self.observation_id = pubDID, accref, size, mime, observation_id


def image(did, collection):
    """The descriptor for an image's publisher DID. Raises DaCHS' NotFoundError where there is none."""
    path = did.partition("/~?")[2]
    number = path.rpartition("/")[2]
    with base.getTableConn() as connection:
        found = list(connection.query(
            f"SELECT accref, size, mime, observation_id FROM {collection}_db.observation_files"
            " WHERE accref = %(path)s OR observation_id = %(number)s",
            # the images of a DVO are told by their number, and several may be in one file
            {"path": path, "number": int(number) if path == f"dvo/images/{number}" and number.isdecimal() else None},
        ))  # fmt: skip
    if not found:
        raise base.NotFoundError(did, "image", "this archive")
    return Image(did, *found[0])


def image_links(descriptor, collection):
    """The image itself and the light curves that were measured on it, as light_curve_links."""
    here = context()
    with base.getTableConn() as connection:
        measured = list(connection.query(
            "SELECT DISTINCT s.object_id, s.band, s.name FROM {0}.points p JOIN {0}.series s USING (object_id, photosys_id)"
            " WHERE p.observation_id = %(observation)s ORDER BY s.name, s.band".format(f"{collection}_db"),
            {"observation": descriptor.observation_id},
        ))  # fmt: skip
    if here.image(descriptor.accref):
        yield "#this", here.image(descriptor.accref), "The image", descriptor.mime, descriptor.size
    for place, (object_id, band, name) in enumerate(measured[:CURVES], 1):
        did = here.did(series.Identifier(collection, object_id, band))
        text = f"Light curve of {name} in {band}, measured on this image"
        if place == CURVES < len(measured):
            text += f"; {len(measured) - CURVES} more are in the tables of {collection}"
        yield "#derivation", f"{here.server_url}/{collection}/lightcurves/sdl/dlget?ID={did}", text, votable.MEDIA_TYPE, None
