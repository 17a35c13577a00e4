"""UNIX time, as DVO has it (seconds since 1970-01-01 UTC), to Julian dates."""


def unix_to_jd(seconds):
    """Julian date (UTC) of UNIX time; an array or a number."""
    return seconds / 86400 + 2440587.5


def unix_to_mjd(seconds):
    """Modified Julian date (UTC) of UNIX time; an array or a number."""
    return seconds / 86400 + 40587
