"""Sizes of light curves that are computed from a few rows, against the bytes of the documents themselves."""

import random
from contextlib import closing

from archive_inputs import fill, image, points, run

from photvo.archive.sizes import context
from photvo.products.request import Request, answer
from photvo.products.series import Identifier

SIZES = "SELECT s.object_id, s.band, x.size, s.npoints FROM series s JOIN series_stats x USING (object_id, photosys_id) ORDER BY 1, 2"


def check(archive):
    """Fails where a size is not that of the document. Returns the number of points of each light curve."""
    found = archive.query(SIZES)
    with closing(archive.connect()) as connection:
        for object_id, band, size, _ in found:
            asked = Request((Identifier("kolonica", object_id, band),))
            body = answer(connection.cursor(), asked, context(archive.settings)).body
            assert len(body) == size, (object_id, band, len(body) - size)
    return [row[3] for row in found]


def test_sizes_are_those_of_the_documents(archive):
    fill(archive)
    archive.put("images/short.fits", image())
    archive.put("images/2021-10-22/a much longer name & more.fits", image(TELESCOP="ZIGA", **{"DATE-OBS": "2021-10-22T21:13:42"}))
    names = ["", "/data/short.fits", "/data/a much longer name & more.fits", "/data/not here.fits"]
    rng = random.Random(3)
    rows = [
        {"phot_id": str(k), "jd": f"2459510.{k:04d}", "mag": rng.choice(["10.2437", "99.99"]), "mag_err": rng.choice(["0.1", "9.99"]),
         "object_id_arch": rng.choice(["77", "78", "1"]), "obs_type_id": rng.choice(["3", "605"]),
         "observer": rng.choice(["alica", "ziga", "old"]), "image_link": rng.choice(names), "quality": rng.choice("01")}
        for k in range(300)
    ]  # fmt: skip
    archive.put("lightcurves/a.csv", points(*rows))
    archive.put("lightcurves/b.csv", points(*run(1, object_id_arch="2"), *run(2, object_id_arch="3", observer="old")))
    assert archive.ingest().status == 0
    assert {1, 2} < set(check(archive))


def test_sizes_follow_the_numbers_of_points(archive):
    """Ten, a hundred, a thousand: each has a digit more; and each remainder of base64's three bytes."""
    fill(archive)
    for number, key in ((9, "77"), (10, "78"), (11, "1"), (101, "2"), (1000, "3")):
        archive.put(f"lightcurves/{key}.csv", points(*run(number, object_id_arch=key)))
    archive.ingest()
    assert sorted(check(archive)) == [9, 10, 11, 101, 1000]


def test_sizes_follow_what_the_document_says_beside_the_points(archive):
    fill(archive)
    archive.put("lightcurves/a.csv", points(*run(5)))
    archive.ingest()
    before = archive.value("SELECT size FROM series_stats")
    text = (archive.inputs / "datasources.csv").read_text()
    header, *lines = text.splitlines()
    archive.put("datasources.csv", "\n".join([header + ",copyright", *(f"{line},Nobody & sons" for line in lines)]) + "\n")
    archive.ingest()
    check(archive)
    assert archive.value("SELECT size FROM series_stats") > before


def test_sizes_follow_the_digits_of_periods_and_epochs(archive):
    fill(archive)
    facts = [(1, 0.5, "2450000.5", "BJD TDB"), (2, 0.25, "2451234.56789", "BJD TDB"), (3, 0.75, "2459876.54321", "BJD TDB"),
             (77, 120.125, "2450000.5", None), (78, 0.125, None, None)]  # fmt: skip
    with closing(archive.connect("writer")) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM variability")
        cursor.executemany("INSERT INTO variability (object_id, period, period_epoch, epoch_frame)"
                           " SELECT id, %s, %s, %s FROM objects WHERE id_arch = %s", [(*more, key) for key, *more in facts])  # fmt: skip
    archive.put("lightcurves/a.csv", points(*(row for key, *_ in facts for row in run(5, object_id_arch=str(key)))))
    archive.ingest()
    assert check(archive) == [5] * 5
