"""Pages for people: nothing on them is broken."""

import io
import re
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest
import requests
from astropy.io import fits
from lxml import html
from PIL import Image

from photvo.machine import process

PAGES = (
    "", "tap", "__system__/tap/run/info", "__system__/adql/query/form", "__system__/dc_tables/list/form", "browse/kolonica/db",
    "kolonica/objects/cone/form", "kolonica/objects/cone/info", "kolonica/lightcurves/ssa/form", "kolonica/lightcurves/ssa/info",
    "kolonica/images/sia/form", "kolonica/images/sia/info", "tableinfo/kolonica.lightcurves", "nonsense",
)  # fmt: skip


@pytest.fixture(scope="module")
def look():
    """As a browser asks; each address once."""
    seen = {}

    def answer(url):
        if url not in seen:
            seen[url] = requests.get(url, headers={"Accept": "text/html,image/png,*/*"}, timeout=60)
        return seen[url]

    return answer


@pytest.mark.parametrize("path", PAGES)
def test_all_that_a_page_shows_and_points_at_is_there(instance, look, path):
    page = look(instance.url + path)
    assert page.status_code == (404 if path == "nonsense" else 200)
    assert not re.search(r"Traceback|psycopg2|Uncaught", page.text)
    links = {urljoin(page.url, link.strip()).partition("#")[0] for link in html.fromstring(page.content).xpath("//@src | //@href")}
    ours = {link for link in links if urlsplit(link).netloc == urlsplit(instance.url).netloc}
    # of an operator: they ask for a password
    private = ("/seffe/", "/login")
    broken = {link: look(link).status_code for link in ours if look(link).status_code != 200 and not urlsplit(link).path.startswith(private)}
    assert broken == {} and len(ours) > 3


def test_there_is_an_icon(instance, look):
    icon = look(f"{instance.url}favicon.ico")
    assert icon.status_code == 200
    assert Image.open(io.BytesIO(icon.content)).size == (32, 32)


def test_the_map_of_the_sky_is_a_picture_for_browsers_and_a_moc_for_programs(instance):
    url = f"{instance.url}kolonica/objects/cone/coverage"
    marks = []

    def drawn():
        """Marks in the picture; the running instance computes the map in the background."""
        answer = requests.get(url, headers={"Accept": "image/png"}, timeout=60)
        if answer.status_code == 200:
            picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"), int)
            rows, _ = (abs(picture - (0x00, 0x72, 0xB2)).sum(axis=2) < 30).nonzero()
            marks[:] = [len(rows), (rows < picture.shape[0] / 2).sum()]
        return marks and marks[0] > 100

    assert process.wait_until(drawn, 120), marks
    # nearly all stars of the sample are in the northern half, whose pixels are the upper ones
    assert marks[1] > 0.8 * marks[0]
    moc = fits.open(io.BytesIO(requests.get(url, timeout=60).content))
    assert moc[1].header["PIXTYPE"] == "HEALPIX" and len(moc[1].data) > 10


def test_the_form_of_the_cone_search_says_which_names_it_knows(look, instance):
    text = look(f"{instance.url}kolonica/objects/cone/form").text
    assert "Any name of an object of this archive" in text and "SIMBAD-resolvable" not in text
