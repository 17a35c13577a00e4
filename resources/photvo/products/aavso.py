"""A light curve in the AAVSO Extended File Format (https://www.aavso.org/aavso-extended-file-format)."""

import numpy as np

from .series import FLAGS, said

#: Our bands → the AAVSO's filter codes; what is not here is O (other).
FILTERS = {
    "U": "U", "B": "B", "V": "V", "R": "R", "I": "I",
    "u_sdss": "SU", "g_sdss": "SG", "r_sdss": "SR", "i_sdss": "SI", "z_sdss": "SZ",
}  # fmt: skip


def extended(curves, context):
    """All points that have a time in UTC and a magnitude. Times are JD in UTC at the telescope, mid-exposure."""
    lines = ["#TYPE=Extended", "#OBSCODE=na", "#SOFTWARE=photvo", "#DELIM=,", "#DATE=JD", "#OBSTYPE=CCD"]
    left_out = 0
    rows = []
    for series, table in curves:
        name = series.name.replace(",", " ")
        code = FILTERS.get(series.band, "O")
        differential = np.isnan(table["mag"])
        magnitude = np.where(differential, table["mag_diff"], table["mag"])
        usable = np.isfinite(table["obs_time_utc"]) & np.isfinite(magnitude)
        left_out += int((~usable).sum())
        error = np.where(differential, table["mag_diff_err"], table["mag_err"])
        for i in np.flatnonzero(usable).tolist():
            row = table[i]
            rows.append(
                f"{name},{julian_date(row['obs_time_utc'])},{'<' if row['upper_limit'] else ''}{magnitude[i]:.4f},"
                f"{_or_na(error[i], '.4f')},{code},NO,{'DIF' if differential[i] else 'STD'},ENSEMBLE,na,na,na,"
                f"{_or_na(row['airmass'], '.3f')},na,na,|FLAGS={row['flags']}|"
            )
    found = [series for series, _ in curves]
    about = [*map(context.did, found), *(said(found, name) for name in ("contributors", "reference", "copyright"))]
    lines += [f"#{text}" for text in about if text]
    bits = "; ".join(f"{bit} {text}" for bit, text in FLAGS.items())
    lines.append(f"#FLAGS in NOTES, 0 is good: 1 to 128 quality code of the data source; {bits}")
    if left_out:
        lines.append(f"#{left_out} points left out: they have no time in UTC, or no magnitude")
    lines.append("#NAME,DATE,MAG,MERR,FILT,TRANS,MTYPE,CNAME,CMAG,KNAME,KMAG,AMASS,GROUP,CHART,NOTES")
    return "\n".join(lines + rows + [""]).encode()


def julian_date(mjd):
    """MJD (a double) as the text of a Julian date, without losing digits to the larger number."""
    whole = int(np.floor(mjd))
    fraction = f"{float(mjd) - whole + 0.5:.11f}"
    return f"{2400000 + whole + int(fraction[0])}{fraction[1:]}"


def _or_na(value, form):
    return format(float(value), form) if np.isfinite(value) else "na"
