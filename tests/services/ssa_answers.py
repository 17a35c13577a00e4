"""Choosing light curves by SQL, for the tests of SSA."""

from answers import rows

SS_CYG = 325.679, 43.5862


def selected(instance, condition, *parameters):
    """(object, band) of the light curves whose object or passband meets a condition in SQL."""
    return instance.query(
        f"SELECT DISTINCT l.object_id, p.band FROM lightcurves l JOIN objects o ON o.id = l.object_id"
        f" JOIN photosys p ON p.id = l.photosys_id WHERE published AND ({condition}) ORDER BY 1, 2",
        parameters,
    )


def keys(found):
    return sorted(rows(found["object_id", "band"]))
