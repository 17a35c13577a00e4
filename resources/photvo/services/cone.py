"""Conditions of the cone search."""

from gavo import base
from gavo.protocols import scs


def cone(table, ra, dec, radius, parameters):
    """SQL for a cone search: rows of `table` within `radius` of `ra`, `dec` (all degrees).

    Values go into `parameters`. Raises DaCHS' ValidationError for a position that is none.
    """
    for name, value, low, high in (("RA", ra, 0, 360), ("DEC", dec, -90, 90), ("SR", radius, 0, 180)):
        if value is None or not low <= value <= high:
            raise base.ValidationError(f"{name}={value}: must be between {low} and {high} degrees", name)
    if radius > 90:
        # pgSphere has no circle larger than half the sky: what is left out is the cone around the other pole
        inside = cone(table, (ra + 180) % 360, -dec, 180 - radius, parameters)
        return f"NOT ({inside})"
    keys = [f"%({base.getSQLKey(name, value, parameters)})s" for name, value in (("ra", ra), ("dec", dec), ("sr", radius))]
    return scs.getRadialCondition(table, *keys)


def cone_of_form(table, position, radius, parameters):
    """As `cone`, for a position as a person writes it: a name of an object, or coordinates; radius in arcmin."""
    try:
        ra, dec = base.parseCooPair(position)
    except ValueError:
        with base.getTableConn() as connection:
            found = connection.query(
                "SELECT o.ra, o.dec FROM {0}.objects o JOIN {0}.object_names n ON n.object_id = o.id"
                " WHERE n.name_key = {0}.name_key(%(name)s)".format(f"{table.rd.schema}_db"), {"name": position},
            )  # fmt: skip
            found = next(iter(found), None)
        if found is None:
            raise base.ValidationError(f"{position} is neither coordinates nor an object of this archive", "hscs_pos") from None
        ra, dec = found
    return cone(table, ra, dec, (radius or 0) / 60, parameters)
