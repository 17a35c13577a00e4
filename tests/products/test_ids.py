"""Identifiers out of uploaded tables, which come from anybody."""

import pytest

from photvo.products import ids
from photvo.products.request import BadRequest

VOTABLE = """<?xml version="1.0" encoding="{encoding}"?>{before}<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE><TABLE><FIELD name="id" datatype="char" arraysize="30"/><DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>"""
ROWS = "<TABLEDATA><TR><TD>ivo://a/~?x</TD></TR></TABLEDATA>"


def votable(data=ROWS, before="", encoding="UTF-8"):
    return VOTABLE.format(data=data, before=before, encoding=encoding).encode(encoding)


def test_identifiers_are_read():
    assert ids.identifiers(votable(), "kolonica") == ["ivo://a/~?x"]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16LE", "UTF-16"])
@pytest.mark.parametrize("form", ["BINARY", "BINARY2", "FITS"])
def test_no_rows_are_fetched_from_elsewhere(tmp_path, form, encoding):
    secret = tmp_path / "db.env"
    secret.write_bytes(b"SECRET" * 100)
    data = f'<{form}><STREAM href="{secret.as_uri()}"/></{form}>'
    with pytest.raises(BadRequest) as refusal:
        ids.identifiers(votable(data, encoding=encoding), "kolonica")
    assert "SECRET" not in str(refusal.value)


@pytest.mark.parametrize("end", ["", "\n", "\r", "\r\n"])
@pytest.mark.parametrize("kind", [str, lambda path: path.as_uri(), lambda path: f" {path}"])
def test_the_name_of_a_file_is_no_table(tmp_path, kind, end):
    secret = tmp_path / "db.env"
    secret.write_text("SECRET,id\n1,2\n")
    with pytest.raises(BadRequest) as refusal:
        ids.identifiers(f"{kind(secret)}{end}".encode(), "kolonica")
    assert "SECRET" not in str(refusal.value)


def test_lines_may_end_in_any_way():
    for end in ("\n", "\r\n", "\r"):
        assert ids.identifiers(f"\ufeffobject_id,band{end}31,V{end}32,B".encode(), "kolonica") == [
            "ivo://upload/~?kolonica/lightcurves/31/V", "ivo://upload/~?kolonica/lightcurves/32/B"]  # fmt: skip


def test_no_entity_is_expanded():
    entities = '<!DOCTYPE VOTABLE [<!ENTITY a "ivo://a/~?x"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(BadRequest, match="entities"):
        ids.identifiers(votable("<TABLEDATA><TR><TD>&b;</TD></TR></TABLEDATA>", entities), "kolonica")
