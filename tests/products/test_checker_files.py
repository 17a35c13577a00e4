"""The command `check` on files and addresses; what the checker finds in real files of others, and in ours."""

import contextlib
import gzip
import http.server
import io
import os
import re
import subprocess
import threading

import pytest
from astropy.io import votable
from checker_twins import GOOD, codes
from photvo import cli
from photvo.machine import dachs
from photvo.products import checker
from photvo.products.checker.rules import RULES
from photvo.settings import TOP

SHARED = TOP.parent / "shared" / "data" / "votables"


@contextlib.contextmanager
def server(pages, asked=None):
    """An HTTP server of these paths; 404 for others. Gives its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if asked is not None:
                asked.append(self.path)
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b"<html/>"))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/"
        finally:
            running.shutdown()
            thread.join()


def test_the_command_prints_file_line_level_and_code_and_tells_by_its_status(tmp_path, capsys):
    good, warned, bad = (tmp_path / name for name in ("good.vot", "warned.vot", "bad.vot"))
    good.write_text(GOOD, encoding="utf-8")
    warned.write_text(GOOD.replace(' ucd="obs.airMass"', ""), encoding="utf-8")
    bad.write_text(GOOD.replace('name="PHOTCAL"', 'name="photcal"', 1), encoding="utf-8")
    assert cli.main(["check", str(good)]) == 0
    assert capsys.readouterr() == ("", f"photvo: {good}: nothing wrong\n")
    assert cli.main(["check", str(good), str(warned)]) == 0
    assert cli.main(["check", str(warned), "--level", "error"]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(good), str(warned), str(bad)]) == 2
    out, said = capsys.readouterr()
    assert re.match(
        rf"{warned}:\d+: warning: UCD_MISSING [^;]+; .+\n{bad}:15: error: PHOTCAL_NAME [^;]+; .+\n$", out
    )
    assert said.endswith(f"photvo: {bad}: 1 error\n")
    assert cli.main(["check", str(bad), str(tmp_path / "none.vot")]) == 1
    out, _ = capsys.readouterr()
    assert f"{tmp_path}/none.vot:1: error: UNREADABLE cannot be read: No such file" in out


def test_the_command_wants_something_to_check(capsys):
    assert cli.main(["check"]) == 1
    assert "name the files" in capsys.readouterr().err


def test_the_command_lists_its_rules(capsys):
    assert cli.main(["check", "--rules"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == len(RULES) + 2
    assert all(
        re.fullmatch(r"\| [A-Z_]+ \| (error|warning|remark) \| [^|]+ \| [^|]+ \|", row) for row in table[2:]
    )


def test_addresses_are_checked_like_files_gzipped_or_not(capsys):
    pages = {
        "/good": GOOD.encode(),
        "/packed": gzip.compress(GOOD.encode()),
        "/broken": gzip.compress(GOOD.encode())[:-99],
    }
    with server(pages) as url:
        assert cli.main(["check", f"{url}good", f"{url}packed"]) == 0
        assert cli.main(["check", f"{url}broken"]) == 1
        assert cli.main(["check", f"{url}gone"]) == 1
        assert f"{url}gone:1: error: UNREADABLE the server answers 404" in capsys.readouterr().out
    assert cli.main(["check", f"{url}good"]) == 1
    assert cli.main(["check", "http://[::1"]) == 1


def test_rows_elsewhere_are_not_fetched():
    asked = []
    with server({"/rows": b"x"}, asked) as url:
        rows = f'<BINARY2><STREAM href="{url}rows"/></BINARY2>'
        assert codes(re.sub(r"(?s)<TABLEDATA>.*?</TABLEDATA>", rows, GOOD)) == ["DATA_FORM", "DATA_FORM"]
    assert asked == []


def real(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return {(finding.code, finding.line) for finding in checker.check(str(path))}


def known(text):
    """CODE:line,line … as a set like that of `real`."""
    words = (word.split(":") for word in text.split())
    return {(code, int(line)) for code, lines in words for line in lines.split(",")}


def test_the_notes_own_example_does_not_know_its_time_scale_nor_its_magnitude_system():
    assert real("timeseries_note_ex1.xml") >= known("""
        TIMESYS_UNKNOWN:4 MAGSYS_FILTER:15 IDENTITY_MISSING:25 POSITION_MISSING:25 CITATION_MISSING:25
        RIGHTS_MISSING:25 FRAME_UNUSED:3 UCD_GENERIC:37,41
    """)
    assert not any(RULES[code].level == "error" for code, _ in real("timeseries_note_ex1.xml"))


def test_gavos_series_of_gaia_dr2_has_groups_that_are_not_the_notes():
    assert real("gavo_gaiadr2_ts_G.vot") >= known("""
        PHOTCAL_NAME:24,31 PHOTCAL_UTYPE:24,31 PHOTCAL_UCD:24 PHOTCAL_DESCRIPTION:24
        PHOTCAL_REPEATED:31 ERROR_REF:60 ERROR_MISSING:54 UNIT_MISSING:71,74 FRAME_REPEATED:21
        FRAME_UNUSED:23 CITATION_MISSING:38
    """)


def test_esas_series_of_gaia_dr2_has_no_frames_and_mixes_bands():
    assert real("gaia_dr2_epoch_multiband.xml") >= known("""
        VERSION:1 TIMESYS_MISSING:4 PHOTCAL_MISSING:4 PRODUCT_TYPE:4 TABLE_DESCRIPTION:4
        POSITION_MISSING:4 UTYPE_ODD:5,20 UCD_MISSING:5 BANDS_MIXED:11 UCD_INVALID:14,20,23
        ERROR_MISSING:17 UNIT_INVALID:20,23 UNIT_MISSING:26 TIME_ORDER:1262
    """)


def test_irsas_annotated_series_has_frames_that_nothing_refers_to_and_two_stars():
    assert real("ztf_irsa_ts_mivot.vot") >= known("""
        VERSION:2 SCHEMA:3 TIMESYS_ORIGIN:251,252 TIMESYS_TCB:251 FRAME_UNUSED:251,252,253
        PHOTCAL_MISSING:271 PRODUCT_TYPE:271 TABLE_DESCRIPTION:271 OBJECTS_MIXED:272 TIME_REF:278,281
        POSITION_REF:296,299 UCD_INVALID:302 UNIT_MISSING:308
    """)


@pytest.mark.parametrize("name", ["ssa_gavo_datalink.xml", "obscore_gavo_image.xml"])
def test_a_list_of_data_sets_is_no_light_curve(name):
    assert {code for code, _ in real(name)} == {"NO_LIGHT_CURVE"}


def test_our_light_curves_follow_the_note_in_every_band(instance):
    query = "kolonica/lightcurves/ssa/ssap.xml?REQUEST=queryData&MAXREC=10000"
    rows = votable.parse_single_table(io.BytesIO(checker.fetch(instance.url + query)), verify="ignore").array
    one_a_band = {str(row["ssa_bandpass"]): str(row["accref"]) for row in rows}
    assert len(one_a_band) > 3
    findings = {band: checker.check(accref) for band, accref in one_a_band.items()}
    assert [
        (band, str(item)) for band, found in findings.items() for item in found if item.level == "error"
    ] == []
    done = instance.run("check", *one_a_band.values(), "--level", "error")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_network_is_not_asked_for_leap_seconds():
    script = "import socket, sys; socket.getaddrinfo = lambda *_: sys.exit('network')\n"
    script += "from photvo.products import checker; sys.exit(checker.report(sys.argv[1:]))"
    good = TOP / "tests" / "products" / "good_light_curve.xml"
    # the server's Python, whose astropy is Debian's and older than the list of leap seconds may be
    checked = subprocess.run([dachs.PYTHON, "-c", script, good], env={**os.environ, "PYTHONPATH": str(TOP / "resources")})
    assert checked.returncode == 0
