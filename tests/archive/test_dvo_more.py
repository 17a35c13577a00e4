"""Further things that an ingestion of a DVO does: several regions at once, told of as it goes on; pixels of images; periods."""

import io
import re
import sys

import numpy as np
import pytest
from dvo_archive import files, ingest, make, rows, settings
from dvo_ingesters import finish, held, start, wait_for

from photvo.archive import dvo, periods

_COPYING = """SELECT count(*) FROM pg_stat_activity WHERE usename = 'writer_user' AND datname = current_database()
AND wait_event_type = 'Lock' AND query LIKE '%dvo_db.measurements%'"""


def test_as_many_regions_go_in_at_once_as_there_are_processors(archive):
    folder = make(archive)
    with held(archive, "LOCK TABLE dvo_db.measurements IN SHARE MODE"):
        ingester = start(archive, cores=3)
        wait_for(archive, ingester, lambda: archive.query(_COPYING, role="admin")[0][0] == 3 < len(files(folder, "cpt")))
    status, said = finish(ingester)
    assert status == 0, said


def test_the_progress_tells_regions_rows_and_the_time_left(archive, monkeypatch):
    folder = make(archive)
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    assert ingest(archive).status == 0
    told = re.findall(r"(\d+) regions, ([\d,]+) measurements, about (\d+) s left", screen.getvalue())
    assert [int(regions) for regions, _, _ in told] == [1, 2, 3, 4] and len(files(folder, "cpt")) == 4
    assert int(told[-1][1].replace(",", "")) == sum(len(rows(path)) for path in files(folder, "cpm")) and told[-1][2] == "0"


def test_pixels_below_the_operator_s_folder_are_linked_by_the_images_names(archive, tmp_path):
    folder = make(archive)
    names = [name.rstrip("\0") for name in rows(folder / "Images.dat")["NAME"].astype(str)]
    name = names[3].partition("[")[0]
    (tmp_path / "pixels" / name).parent.mkdir(parents=True)
    (tmp_path / "pixels" / name).write_bytes(b"SIMPLE  =" + bytes(2871))
    ours = settings(archive)
    collections = {**ours.collections, "dvo": {**ours.collections["dvo"], "pixels": {"folder": str(tmp_path / "pixels")}}}
    ours.__dict__["collections"] = collections
    assert dvo.ingest(ours).status == 0
    expected = sum(other.partition("[")[0] == name for other in names)
    found = archive.query("SELECT name, file, file_size FROM dvo_db.images WHERE file IS NOT NULL")
    assert len(found) == expected > 0
    assert {row[0].partition("[")[0] for row in found} == {name} and {row[1:] for row in found} == {(name, 2880)}
    [accref] = {row[0] for row in archive.query("SELECT accref FROM dvo_db.observation_files WHERE accref IS NOT NULL")}
    assert accref == f"dvo/images/{name}"


def test_periods_of_a_loaded_dvo_are_found(archive):
    (archive.inputs / "objects").mkdir()
    (archive.inputs / "objects" / "one.csv").write_text(
        "old_id,ra,dec,var_type,period,period_epoch,mag_max,mag_min\n1,326.15,43.3,RRC,0.3121,2454321.1234,15.0,15.6\n")
    make(archive, objects=1, measurements=240, stars_of=archive.inputs, variables=0.0)
    assert ingest(archive).status == 0
    due = archive.value("SELECT count(*) FROM dvo_db.series_stats WHERE npoints >= 30")
    assert periods.refresh(archive.settings, "dvo") == due > 0
    assert periods.refresh(archive.settings, "dvo") == 0
    found = archive.query("SELECT x.period FROM dvo_db.series_stats x JOIN dvo_db.averages a USING (object_id)"
                          " WHERE abs(a.ra - 326.15) < 1e-4 AND abs(a.dec - 43.3) < 1e-4 AND x.npoints >= 30")  # fmt: skip
    assert len(found) >= 2 and np.median([row[0] for row in found]) == pytest.approx(0.3121, rel=1e-3)
