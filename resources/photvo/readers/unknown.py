"""Why a file is none of those that are known, in words that help."""

import re

from .text_rows import first_line, separator, split

#: How files begin → what they are, and the remedy.
_KINDS = {
    b"PK\x03\x04": "a ZIP archive; unpack it (of a spreadsheet, .xlsx or .ods: save its sheet as CSV)",
    b"\xd0\xcf\x11\xe0": "an Office document; save its sheet as CSV",
    b"7z\xbc\xaf": "a 7z archive; unpack it",
    b"Rar!": "a RAR archive; unpack it",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it",
    b"\x1f\x9d": "packed by compress (.Z); unpack it",
    b"\x89HDF": "HDF5, which is not read here; save it as CSV, FITS or VOTable",
    b"%PDF": "a PDF document; save its table as CSV",
    b"\x93NUMPY": "an array of NumPy's; save it as text with a line of column names",
    b"{": "JSON, which is not read here; save it as CSV",
    b"[{": "JSON, which is not read here; save it as CSV",
}
_DECIMAL_COMMAS = re.compile(rb"^\s*\d+,\d+(?:[;\t ]+[+-]?\d+,\d+)+\s*$", re.M)


def reason(head, path):
    """The reason for a ReadError; `head`: the first bytes of the file, unpacked."""
    if not head.strip():
        return "there is nothing in it but blanks; copy it again from its source"
    halves = head[:200:2], head[1:200:2]
    wide = any(not one.strip(b"\0") and 0 not in other for one, other in (halves, halves[::-1]))
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or wide:
        return "text in UTF-16; save it as UTF-8"
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it"
    for magic, words in _KINDS.items():
        if head.startswith(magic):
            return words
    if any(byte < 9 for byte in head[:1024]):
        return "binary data of no known format; FITS files begin with `SIMPLE  =`"
    if _DECIMAL_COMMAS.search(head.replace(b"\r", b"\n")):
        return "its numbers have decimal commas; write them with points"
    line = first_line(head).strip()
    if re.match(r"[+-]?\d+\.\d*[\s,;|]", line):
        return f"columns without names ({line[:60]!r}), which are not time, magnitude and uncertainty alone; write a line above them as `JD mag err …`"
    said = f"no known format; it begins with {line[:60]!r}. README.md (Your own data) lists what is known; a table with a"
    said += " line of column names, among them a time and a magnitude, is"
    if len(split(line, separator(line))) > 2:
        said += f' (by other names: columns = {{ time = "…", mag = "…" }} in {path.name}.toml)'
    return said
