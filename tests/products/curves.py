"""Light curves made by hand, as products.request.curves gives them, for the tests of the forms."""

from datetime import datetime, timezone

import numpy as np

from photvo.products import columns
from photvo.products.request import Context
from photvo.products.series import POINT, Series

CONTEXT = Context("org.example", "http://localhost:8080", "A data centre")
IMAGES = {7: ("kolonica/images/2021-10-22/a b:c.fit", "ZIGA")}


def series(band="V", **facts):
    """A Series with all its facts."""
    known = dict(
        collection="kolonica", object_id=31, photosys_id={"V": 3, "g_sdss": 7}.get(band, 9), band=band,
        revision=datetime(2026, 11, 21, 1, 2, 3, tzinfo=timezone.utc), npoints=5, name="SS Cyg & <co>", ra=325.679, dec=43.5862,
        epoch=2016.0, object_class="CV*", gaia_name="1972957892448494592", filter_id="Generic/Bessell.V", magsys="Vega",
        zeropoint=3630.2173, wavelength_eff=5.44543e-7, band_description="Bessell V", var_type="UGSS", period=49.5,
        period_epoch=2455000.25, epoch_frame="BJD TDB", facts_source="somebody",
        flux_unit=None,
        sources=[{"id": 1, "progid": "1", "name": "A", "contributors": "X, Y", "copyright": "CC0", "reference": "2000A&A...1",
                  "telescope": "Alica", "observatory": "Kolonica", "longitude": 22.27, "latitude": 48.93, "altitude": 460.0}],
    )  # fmt: skip
    return Series(**{**known, **facts})


def rows(n=5, start=59510.123456789):
    """Points: the second without uncertainty, the third without barycentric time, the fourth an upper limit."""
    table = np.zeros(n, POINT)
    table["obs_time"] = start + np.arange(n) * 0.987654321
    table["obs_time_utc"] = table["obs_time"] - 0.0031
    table["mag"] = 12.3456 + 0.1 * np.arange(n, dtype="f4")
    table["mag_err"], table["exptime"], table["airmass"] = 0.0123, 30, 1.234
    table["mag_diff"] = table["mag_diff_err"] = np.nan
    table["datasource_id"], table["comp_set"] = 1, 4
    if n > 3:
        table["mag_err"][1], table["flags"][1] = np.nan, 256
        table["obs_time"][2], table["flags"][2] = np.nan, 512
        table["upper_limit"][3], table["flags"][3] = True, 4096
        table["comp_set"][3] = 0
        table["observation_id"][0] = 7
    return table


def curve(band="V", points=None, **facts):
    """A pair of a Series and its table."""
    item = series(band, **facts)
    return item, columns.assemble(item, rows() if points is None else points, IMAGES, CONTEXT.image)
