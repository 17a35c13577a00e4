"""What is kept of all light curves beside their points, written anew: for changes by SQL, which no file has brought."""

import time

from photvo.settings import say

from . import series_stats, summaries
from .session import Session


def refresh(settings):
    """Summaries and statistics of all Kolonica light curves, in one transaction. A DVO's come from its files alone."""
    begun = time.monotonic()
    with Session(settings) as session, session.transaction() as cursor:
        # those that have no points any more, and those that are new
        cursor.execute(
            "INSERT INTO touched SELECT object_id, photosys_id FROM kolonica_db.series"
            " UNION SELECT object_id, photosys_id FROM kolonica_db.lightcurves"
        )
        summaries.refresh(session)
        series_stats.finish(session)
        cursor.execute("SELECT count(*) FROM kolonica_db.series")
        number = cursor.fetchone()[0]
    say(f"summaries and statistics of {number:,} light curves written anew ({time.monotonic() - begun:.1f} s)")
