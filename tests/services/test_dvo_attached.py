"""An instance of its own whose DVO stays in its files, lies across right ascension 0, and has some pixels."""

import os

import numpy as np
import pytest
from answers import get, table
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from pyvo.dal import SCSService, SIA2Service, SSAService, TAPService
from running import Instance, folder_of_session

from photvo.simulate import dvo as simulate

FIELD = 0.0, 20.0
PIXELS = 3  # images that have a file
RADIUS = 0.3  # deg


@pytest.fixture(scope="module")
def own():
    """(the running instance, the folder of its DVO, the folder of its images)."""
    place = folder_of_session() / "attached"
    folder, images = place / "inputs" / "dvo", place / "images"
    simulate.write(folder, objects=150, measurements=10, seed=5, fields=[FIELD])
    for number, name in enumerate(sorted(chips(folder))[:PIXELS]):
        (images / name).parent.mkdir(parents=True, exist_ok=True)
        fits.PrimaryHDU(np.arange(100 + number, dtype="f4")).writeto(images / name)
    running = Instance("attached", PHOTVO_STATE=str(place / "state"), PHOTVO_INPUTS=str(place / "inputs"),
                       PHOTVO_DVO_MODE="attached", PHOTVO_DVO_PIXELS=str(images), PHOTVO_SERVERS="1")  # fmt: skip
    yield running.start(), folder, images
    assert running.stop() == 0


def rows(path):
    """The table of a file as astropy has it."""
    with fits.open(path) as hdus:
        return np.array(hdus[1].data)


def chips(folder):
    """NAME of all images that are no mosaics → IMAGE_ID."""
    images = rows(folder / "Images.dat")
    return {row["NAME"].decode(): int(row["IMAGE_ID"]) for row in images if not row["CTYPE"].endswith(b"-DIS")}


def test_pixels_of_an_image_are_its_file(own):
    instance, folder, images = own
    numbers = chips(folder)
    found = SIA2Service(f"{instance.url}dvo/images/sia/siap2.xml").search(maxrec=10000).to_table()
    obscore = TAPService(f"{instance.url}tap").run_sync(
        "SELECT obs_publisher_did, access_url, access_format FROM ivoa.obscore WHERE dataproduct_type = 'image'").to_table()  # fmt: skip
    everywhere = {row["obs_publisher_did"]: (row["access_url"], row["access_format"]) for row in obscore}
    assert len(found) == len(everywhere) == len(numbers)
    paths = list(images.rglob("*.fits"))
    assert len(paths) == PIXELS
    by_id = {int(row["observation_id"]): row for row in found}
    for path in paths:
        row = by_id.pop(numbers[str(path.relative_to(images))])
        assert (row["access_url"], row["access_format"]) == everywhere[row["obs_publisher_did"]]
        answer = get(row["access_url"])
        assert answer.content == path.read_bytes()
        assert row["access_format"] == "image/fits"
        links = table(get(f"{instance.url}dvo/images/links/dlmeta", ID=row["obs_publisher_did"]))
        assert row["access_url"] in links["access_url"][links["semantics"] == "#this"]
    # the others are metadata, and lead to what was measured on them
    assert {row["access_format"] for row in by_id.values()} == {"application/x-votable+xml;content=datalink"}


@pytest.mark.parametrize("ra", [0.0, 359.95, 0.05, 360.0])
def test_a_cone_across_right_ascension_0_finds_what_astropy_finds(own, ra):
    instance, folder, _ = own
    theirs = np.concatenate([rows(path)[["RA", "DEC", "CAT_ID", "OBJ_ID"]] for path in folder.glob("*/*.cpt")])
    apart = SkyCoord(theirs["RA"], theirs["DEC"], unit="deg").separation(SkyCoord(ra, FIELD[1], unit="deg"))
    near = theirs[apart <= RADIUS * u.deg]
    found = SCSService(f"{instance.url}dvo/objects/cone/scs.xml").search((ra, FIELD[1]), RADIUS, verbosity=3).to_table()
    # on both sides of the line
    assert (found["ra"] < 1).any() and (found["ra"] > 359).any()
    assert sorted(map(int, found["object_id"])) == sorted((near["CAT_ID"].astype("i8") * 10**9 + near["OBJ_ID"]).tolist())


def test_light_curves_come_from_the_files(own):
    instance, folder, _ = own
    assert instance.query("SELECT count(*) FROM dvo_db.measurements") == [(0,)]
    path = max(folder.glob("*/*.cpm"), key=os.path.getsize)
    measured = rows(path)
    wanted = int(np.bincount(measured["AVE_REF"]).argmax())
    measured, parent = measured[measured["AVE_REF"] == wanted], rows(path.with_suffix(".cpt"))[wanted]
    object_id = int(parent["CAT_ID"]) * 10**9 + int(parent["OBJ_ID"])
    found = SSAService(f"{instance.url}dvo/lightcurves/ssa/ssap.xml").search(pos=(parent["RA"], parent["DEC"]), diameter=0.001)
    curves = [row for row in found if int(row["object_id"]) == object_id]
    times, errors = [], []
    for row in curves:
        answer = get(row.acref)
        assert len(answer.content) == row["accsize"]
        curve = table(answer)
        assert len(curve) == row["ssa_length"]
        times += list(curve["obs_time_utc"])
        errors += list(curve["mag_err"].filled(np.nan))
    # TIME is the start of the exposure, 10^(0.4 M_TIME) s long
    middle = measured["TIME"] / 86400 + 40587 + 10 ** (0.4 * measured["M_TIME"].astype("f8")) / 172800
    assert np.sort(times) == pytest.approx(np.sort(middle), abs=1e-8)
    assert np.array_equal(np.sort(np.array(errors, "f4")), np.sort(measured["MAG_ERR"]), equal_nan=True)
