"""`dachs imp` goes the way of `photvo ingest`."""

import pytest

DESCRIPTOR = """<resource schema="kolonica" resdir="kolonica">
  <table id="taken" temporary="True"><column name="path" type="text" description="Unused."/></table>
  <data id="files" auto="False">
    <sources><pattern>{pattern}</pattern></sources>
    <customGrammar module="grammar"/>
    <make table="taken"/>
  </data>
</resource>
"""


@pytest.fixture
def imported(instance):
    """A function that imports the files of a pattern with DaCHS and returns the completed process."""
    descriptor = instance.state / "dachs" / "inputs" / "grammar_test.rd"

    def run(pattern):
        descriptor.write_text(DESCRIPTOR.format(pattern=pattern))
        return instance.run("dachs", "imp", "grammar_test", "files")

    yield run
    descriptor.unlink(missing_ok=True)


def test_files_that_are_in_the_archive_are_known_to_dachs_imp(instance, imported):
    before = instance.query("SELECT * FROM ingest_log ORDER BY id")
    process = imported("data/objects/*.csv")
    assert process.returncode == 0, process.stderr
    assert "0 files taken, 1 unchanged" in process.stdout + process.stderr
    assert instance.query("SELECT * FROM ingest_log ORDER BY id") == before


def test_dachs_imp_names_a_file_that_cannot_be_taken_and_the_reason(instance, imported):
    path = instance.state / "empty.csv"  # where the account that the instance runs as can read it
    path.write_text("")
    try:
        process = imported(path)
        said = " ".join((process.stdout + process.stderr).split())
        assert process.returncode != 0 and "empty.csv" in said and "the file is empty" in said and "Traceback" not in said
    finally:
        path.unlink()
        instance.query("DELETE FROM ingest_log WHERE path LIKE '%empty.csv' RETURNING 1", role="writer")
