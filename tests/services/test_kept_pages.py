"""Pages that the server keeps after the first request, and what programs in web pages need."""

import http.client
import urllib.parse
import zlib

import pytest

PAGES = ("tap/capabilities", "tap/tables", "tap/examples", "kolonica/objects/cone/capabilities")


def ask(instance, path, **headers):
    """(headers in small letters, body as it came) of a request with nothing added to it."""
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
    connection.request("GET", f"/{path}", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200
    return {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.mark.parametrize("path", PAGES)
def test_a_page_comes_as_each_client_can_take_it_whoever_asked_first(instance, path):
    plain = set()
    for packed, origin in ((1, "http://a.example"), (0, None), (1, None), (0, "http://b.example"), (0, "http://a.example")):
        headers, body = ask(instance, path, **({"Accept-Encoding": "gzip"} if packed else {}), **({"Origin": origin} if origin else {}))
        assert headers.get("content-encoding") == ("gzip" if packed else None)
        assert headers.get("access-control-allow-origin") == origin
        assert ("content-length" in headers) + ("transfer-encoding" in headers) == 1
        plain.add(zlib.decompress(body, 31) if packed else body)
    assert len(plain) == 1


@pytest.mark.parametrize("path", [
    "kolonica/objects/cone/scs.xml?RA=325.679&DEC=43.5862&SR=0.1",
    "kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&TARGETNAME=SS%20Cyg",
    "kolonica/images/sia/siap2.xml?MAXREC=1",
    "kolonica/lightcurves/sdl/dlmeta?ID=ivo://photvo.example/~?kolonica/lightcurves/31/V",
    "kolonica/lightcurves/sdl/dlget?ID=ivo://photvo.example/~?kolonica/lightcurves/31/V",
    "tap/sync?LANG=ADQL&QUERY=" + urllib.parse.quote("SELECT TOP 1 id FROM kolonica.objects"),
])  # fmt: skip
def test_a_program_in_a_web_page_may_ask(instance, path):
    assert ask(instance, path, Origin="https://aladin.example")[0]["access-control-allow-origin"] == "https://aladin.example"
