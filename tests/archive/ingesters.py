"""`photvo ingest` as a process of its own, and what an archive must be like whatever became of one."""

import multiprocessing
import os
import re
import sys
import tempfile
from importlib import import_module

from photvo.settings import Settings

#: Ingesters are forks of a process that has loaded all they need: so each is at its work at once.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["photvo.archive.ingest", "photvo.readers.kolonica_csv"])

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


#: What is loaded without indexes begins at so many bytes here.
FIRST = "photvo.archive.light_curves", "FIRST_AT_LEAST", 1 << 20


def _ingest(env, arguments, constants, said):
    from photvo.archive.ingest import ingest

    for module, name, value in [FIRST, *constants]:
        setattr(import_module(module), name, value)
    os.dup2(os.open(said, os.O_WRONLY), 2)
    sys.exit(ingest(Settings.load(env), arguments).status)


def start(archive, *arguments, constants=()):
    """An ingester of an archive, as a running multiprocessing.Process. `constants`: (module, name, value) that it goes by."""
    env = {"PHOTVO_STATE": str(archive.settings.state), "PHOTVO_INPUTS": str(archive.settings.inputs)}
    said = tempfile.mkstemp(dir=archive.settings.state)[1]
    ingester = _FORKS.Process(target=_ingest, args=(env, [str(argument) for argument in arguments], constants, said))
    ingester.said = said
    ingester.start()
    return ingester


def finish(ingester, within=180):
    """(exit status, what it said on stderr)."""
    ingester.join(within)
    assert ingester.exitcode is not None, f"it still runs after {within} s"
    with open(ingester.said) as said:
        return ingester.exitcode, said.read()


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
