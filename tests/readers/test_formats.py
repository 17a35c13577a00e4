"""All formats behind the door: each has a good sample, and every real file has its verdict."""

import pytest
from photvo import readers
from photvo.model.batch import ReadError
from photvo.readers.options import Options
from photvo.settings import TOP
from samples import SAMPLES

FOLDER = TOP.parent / "shared" / "data" / "lightcurves"
TOLD = Options(object="a star", band="V", source="somebody")

#: file → its true reason; all others are taken.
REFUSED = {
    "asas3_149389.xml": "XML of another kind (VOSOURCE), no VOTable",
    "asas3_245486.dat": "what its times count from (1935.8813) is not in the file; give --time JD-2450000",
    "eros_lm0010n22323.time": "what its days count from is not in the file; give --time JD-2450000",
    "sdss_s82_rrl_1013184.csv": "what the numbers of the column time count from is not stated; give --time MJD",
    "stellarphot_photometry.ecsv": "no column is a magnitude or a flux; name one",
    "ztf_sn_17aadlxmv.csv": "what the numbers of the column time count from is not stated; give --time MJD",
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data is not there")
def test_every_real_file_is_taken_or_refused_with_its_true_reason():
    refused = {}
    for path in sorted(FOLDER.iterdir()):
        try:
            taken = sum(batch.points.num_rows for batch in readers.open(path, TOLD))
            assert taken > 0, path
        except ReadError as error:
            refused[path.name] = error.reason
    assert refused.keys() == REFUSED.keys()
    for name, reason in REFUSED.items():
        assert refused[name].startswith(reason)


@pytest.mark.parametrize("name", SAMPLES)
def test_no_other_format_claims_a_sample(tmp_path, name):
    """Except the last two, which know a file by little."""
    content = SAMPLES[name].encode()
    path = tmp_path / "curve.txt"
    path.write_bytes(content)
    claims = [other for other in readers.FORMATS if readers.import_module(f".{other}", "photvo.readers").recognises(content, path)]
    assert claims[0] == name and set(claims[1:]) <= {"named_table", "bare_columns"}

