"""`photvo ingest` as a process of its own, and what an archive must be like whatever became of one."""

import re
import subprocess
import sys

from photvo.settings import TOP

_CODE = ("import sys; from photvo.settings import Settings; from photvo.archive.ingest import ingest;"
         "sys.exit(ingest(Settings.load(), sys.argv[1:]).status)")  # fmt: skip

#: Files whose rows are not all there, points without a file, further facts without a point or the other way round,
#: series that say something else than their points.
_WRONG = """
SELECT 'file', path FROM ingest_log f
  WHERE rows_accepted <> (SELECT count(*) FROM lightcurves l WHERE l.file_id = f.id) AND path LIKE 'lightcurves/%%'
UNION ALL SELECT 'point', l.id::text FROM lightcurves l LEFT JOIN ingest_log f ON f.id = l.file_id WHERE f.id IS NULL
UNION ALL SELECT 'facts', coalesce(l.id, m.id)::text FROM lightcurves l FULL JOIN metadata_lc_json m ON m.lightcurve_id = l.id
  WHERE l.id IS NULL OR m.id IS NULL
UNION ALL SELECT 'series', coalesce(s.object_id, p.object_id)::text FROM series s
  FULL JOIN (SELECT object_id, photosys_id, count(*) AS n FROM lightcurves WHERE published GROUP BY 1, 2) p
  ON (p.object_id, p.photosys_id) = (s.object_id, s.photosys_id) WHERE p.n IS DISTINCT FROM s.npoints
UNION ALL SELECT 'doubled', min(id)::text FROM lightcurves
  GROUP BY object_id, photosys_id, datasource_id, time_given, observation_id HAVING count(*) > 1"""
_INDEXES = """SELECT indexdef FROM pg_indexes WHERE schemaname = 'kolonica_db' AND tablename IN ('lightcurves', 'metadata_lc_json')
ORDER BY 1"""


def start(archive, *arguments):
    """An ingester of an archive, as a running Popen."""
    env = {"PYTHONPATH": str(TOP / "resources"), "PHOTVO_STATE": str(archive.settings.state),
           "PHOTVO_INPUTS": str(archive.settings.inputs)}  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", _CODE, *map(str, arguments)], env=env, stderr=subprocess.PIPE, text=True)


def finish(process, within=180):
    """(exit status, what it said on stderr)."""
    said = process.communicate(timeout=within)[1]
    return process.returncode, said


def see_to_it(archive, expected):
    """The archive holds exactly complete files: each file of `expected` (log name → number of points) that is in the log
    has all of them, each that is not has none, and nothing hangs in the air. Returns the names of those that are there."""
    assert archive.query(_WRONG) == []
    there = dict(archive.query("SELECT path, rows_accepted FROM ingest_log WHERE path LIKE 'lightcurves/%%' AND status <> 'refused'"))
    assert there.items() <= expected.items()
    assert archive.value("SELECT count(*) FROM lightcurves") == sum(there.values())
    return set(there)


def see_to_the_end(archive, expected):
    """Run again: now all of it is there, with the indexes as they are meant to be."""
    status, said = finish(start(archive))
    assert status == 0, said
    assert see_to_it(archive, expected) == set(expected)
    names = [re.search(r"INDEX (\S+)", row[0])[1] for row in archive.query(_INDEXES)]
    assert names == ["lightcurves_file", "lightcurves_image", "lightcurves_observation", "lightcurves_unpublished",
                     "metadata_lc_json_comp_ids", "metadata_lc_json_comp_stars", "lightcurves_pkey", "lightcurves_point",
                     "metadata_lc_json_lightcurve", "metadata_lc_json_pkey"]  # fmt: skip
    status, said = finish(start(archive))
    assert (status, archive.value("SELECT count(*) FROM lightcurves")) == (0, sum(expected.values())), said
