"""A backup holds everything, and comes back whole or not at all."""

import os
import stat
from dataclasses import replace

import dvo_archive
import psycopg2
import pytest
from archive_inputs import fill, image, points, run
from servers import fresh

from photvo.archive import backup
from photvo.settings import PhotvoError


def checksums(archive):
    """Every table of the base schemas with a checksum of its rows, every sequence with its next number, every index and key."""
    tables = archive.query("""SELECT format('%I.%I', nspname, relname), relkind FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname LIKE '%\\_db' AND relkind IN ('r', 'S') ORDER BY 1""")
    assert len(tables) > 20
    found = {}
    for name, kind in tables:
        rows = f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {name} t"
        found[name] = archive.query(rows if kind == "r" else f"SELECT last_value + is_called::int AS next FROM {name}")
    found["keys"] = archive.query("""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
        WHERE connamespace::regnamespace::text LIKE '%\\_db' ORDER BY 1, 2""")
    found["indexes"] = archive.query("SELECT indexdef FROM pg_indexes WHERE schemaname LIKE '%\\_db' ORDER BY 1")
    return found


@pytest.fixture(scope="module")
def saved(module_archive, tmp_path_factory):
    """An archive with something in every table; its `backup`, a file."""
    fill(module_archive)
    module_archive.put("images/a.fits", image(AIRMASS=1.25))
    module_archive.put("lightcurves/a.csv", points(*run(200, image_link="a.fits"), *run(1, object_id_arch="4711")))
    module_archive.put("lightcurves/b.csv", points(*run(50, object_id_arch="78", privileges="owner"), *run(9, image_link="b.fits")))
    module_archive.put("lightcurves/c.csv", "no light curve")
    assert module_archive.ingest().status == 2
    folder = dvo_archive.make(module_archive)
    dvo_archive.files(folder, "cpm")[0].write_bytes(b"no measurements")
    assert dvo_archive.ingest(module_archive).status == 2
    module_archive.backup = tmp_path_factory.mktemp("backup") / "archive.dump"
    save(module_archive, module_archive.backup)
    return module_archive


def save(archive, path):
    with backup.create(path) as out, backup.discarded_on_failure(out, path):
        backup.backup(archive.settings, out, path)


def restore(archive, path, **options):
    with open(path, "rb") as source:
        backup.restore(archive.settings, source, path, **options)


def test_a_backup_is_read_by_its_owner_alone_and_never_overwritten(saved):
    assert stat.S_IMODE(saved.backup.stat().st_mode) == 0o600 and saved.backup.stat().st_size > 10_000
    before = saved.backup.read_bytes()
    with pytest.raises(PhotvoError, match="there already"):
        save(saved, saved.backup)
    assert saved.backup.read_bytes() == before


def test_a_restored_archive_is_the_same_in_every_table(saved, archive):
    empty = checksums(archive)
    restore(archive, saved.backup)
    restored = checksums(archive)
    assert restored == checksums(saved)
    assert (restored["keys"], restored["indexes"]) == (empty["keys"], empty["indexes"])
    changed = {name for name in empty if empty[name] != restored[name]}
    assert {"kolonica_db.lightcurves", "kolonica_db.ingest_rejects", "kolonica_db.observation_files", "kolonica_db.series_stats",
            "kolonica_db.comp_sets", "kolonica_db.lightcurves_id_seq"} <= changed  # fmt: skip
    assert {f"dvo_db.{table}" for table in (
        "averages", "measurements", "secfilt", "missing", "images", "photcodes", "photosys", "skytable", "flags", "exposures",
        "series_rows", "series_stats", "ingest_log", "derived", "datasources", "observatories", "telescopes")} <= changed  # fmt: skip


def test_the_archive_goes_on_where_it_was(saved, archive):
    restore(archive, saved.backup)
    for path in saved.inputs.rglob("*"):
        if path.is_file():
            archive.put(path.relative_to(saved.inputs), path.read_bytes())
    before = archive.everything()
    again = archive.ingest()
    # the file that was refused is tried again, as ever
    assert not again.files and list(again.refused) == ["lightcurves/c.csv"]
    assert {table: rows for table, rows in archive.everything().items() if table != "ingest_log"} == {
        table: rows for table, rows in before.items() if table != "ingest_log"}  # fmt: skip
    archive.put("lightcurves/d.csv", points(*run(3, start=2459800.5)))
    assert archive.ingest().files["lightcurves/d.csv"].accepted == 3
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        archive.query("DELETE FROM objects", role="writer")


def test_a_restored_dvo_goes_on_where_it_was(saved, archive):
    restore(archive, saved.backup)
    # the same files: their ages are a part of what tells that nothing has changed
    archive.settings = replace(archive.settings, inputs=saved.settings.inputs)
    summary = dvo_archive.ingest(archive)
    regions = len(dvo_archive.files(saved.settings.inputs / "dvo", "cpt"))
    assert (len(summary.files), summary.unchanged, len(summary.refused)) == (0, regions - 1, 1)


def test_an_archive_that_is_not_empty_is_replaced_only_when_that_is_said(saved, archive):
    fill(archive)
    archive.put("lightcurves/z.csv", points(*run(7)))
    archive.ingest()
    before = checksums(archive)
    with pytest.raises(PhotvoError, match="not empty.*--replace"):
        restore(archive, saved.backup)
    assert checksums(archive) == before
    restore(archive, saved.backup, replace=True)
    assert checksums(archive) == checksums(saved)


def cut(data):
    return data[: len(data) // 2]


def flipped(data):
    "one byte of the compressed rows is another"
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", [cut, flipped, lambda data: b"", lambda data: b"PGDMP", lambda data: os.urandom(5000)])
def test_a_damaged_backup_changes_nothing(saved, archive, tmp_path, damage):
    fill(archive)
    archive.ingest()
    before = checksums(archive)
    path = tmp_path / "damaged.dump"
    path.write_bytes(damage(saved.backup.read_bytes()))
    with pytest.raises(PhotvoError, match="damaged.dump: .+; nothing has changed") as refused:
        restore(archive, path, replace=True)
    assert "\n" not in str(refused.value)
    assert checksums(archive) == before


def test_a_backup_whose_rows_contradict_each_other_changes_nothing(saved, archive, database_server, tmp_path):
    path = tmp_path / "broken.dump"
    (tmp_path / "beside").mkdir()
    with fresh(database_server, tmp_path / "beside") as broken:
        restore(broken, saved.backup)
        broken.query("ALTER TABLE lightcurves DROP CONSTRAINT lightcurves_object_id_fkey; SET session_replication_role = replica;"
                     "DELETE FROM kolonica_db.objects WHERE id_arch = 77".replace("lightcurves ", "kolonica_db.lightcurves ", 1),
                     role="admin")  # fmt: skip
        save(broken, path)
    before = checksums(archive)
    with pytest.raises(PhotvoError, match="foreign key.*nothing has changed"):
        restore(archive, path)
    assert checksums(archive) == before


def test_a_backup_that_cannot_be_made_leaves_no_file(archive, tmp_path):
    env = archive.settings.db_env
    env.write_text(env.read_text().replace("DB_READONLY_PASS=", "DB_READONLY_PASS=not"))
    path = tmp_path / "none.dump"
    with pytest.raises(PhotvoError):
        save(archive, path)
    assert not path.exists()
    with pytest.raises(PhotvoError, match="cannot be written"):
        save(archive, tmp_path / "no folder" / "x.dump")
