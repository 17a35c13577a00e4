"""DVO files read byte by byte as the specification of the format says, with astropy and NumPy alone."""

from functools import cached_property

import numpy as np
from astropy.io import fits

#: PS1_V1, in the order of the file; u: an unsigned integer.
AVERAGE = ("RA D,DEC D,RA_ERR E,DEC_ERR E,U_RA E,U_DEC E,V_RA_ERR E,V_DEC_ERR E,PAR E,PAR_ERR E,SIGMA_POS E,CHISQ_POS E,"
           "NUMBER_POS I,NMEASURE I,NMISSING I,NEXTEND I,OFF_MEASURE J,OFF_MISSING J,OFF_EXTEND J,FLAGS J,OBJ_ID J,CAT_ID J,"
           "EXT_ID 2J")  # fmt: skip
MEASURE = ("D_RA E,D_DEC E,MAG E,M_CAL E,M_APER E,MAG_ERR E,MAG_CAL_ERR E,M_TIME E,AIRMASS E,AZ E,X_CCD E,Y_CCD E,SKY_FLUX E,"
           "SKY_FLUX_ERR E,TIME J,AVE_REF J,DET_ID J,IMAGE_ID J,OBJ_ID J,CAT_ID J,EXT_ID 2J,PSF_QF E,PSF_CHISQ E,PSF_NDOF J,"
           "PSF_NPIX J,CR_NSIGMA E,EXT_NSIGMA E,FWHM_MAJOR I,FWHM_MINOR I,PSF_THETA I,MXX I,MXY I,MYY I,TIME_MSEC I,PHOTCODE I,"
           "X_CCD_ERR I,Y_CCD_ERR I,PAD 6A,POSANGLE I,PLTSCALE E,DB_FLAGS J,PHOT_FLAGS J")  # fmt: skip
PHOTCODE = ("CODE I,NAME 32A,TYPE A,DUMMY 3A,C_LAM I,C_LAM_ERR I,X_ERR I,K E,C1 J,C2 J,EQUIV J,NC J,X 4E,ASTROM_ERR_SYS E,"
            "ASTROM_ERR_SCALE E,ASTROM_ERR_MAG_SCALE E,ASTROM_POOR_MASK I,ASTROM_BAD_MASK I,PHOTOM_ERR_SYS E,PHOTOM_POOR_MASK I,"
            "PHOTOM_BAD_MASK I")  # fmt: skip
#: NAXIS1 by version
SIZES = {
    "PS1_V1": {"average": 96, "measure": 152, "secfilt": 20, "image": 344, "photcode": 104},
    "PS1_V2": {"average": 112, "measure": 152, "secfilt": 24, "image": 360, "photcode": 104},
    "PS1_V3": {"average": 120, "measure": 152, "secfilt": 32, "image": 360, "photcode": 112},
    "PS1_V4": {"average": 128, "measure": 184, "secfilt": 64, "image": 360, "photcode": 112},
    "PS1_V5": {"average": 192, "measure": 240, "secfilt": 176, "image": 360, "photcode": 112},
    "PS1_V6": {"average": 192, "measure": 240, "secfilt": 176, "image": 368, "photcode": 112},
    "PS1_V5_LOAD": {"average": 56, "measure": 240, "secfilt": 8, "image": 360, "photcode": 112},
}
UNSIGNED = set(
    "CODE PHOTCODE NMEASURE NMISSING TIME_MSEC NX NY SOURCE_ID AVE_REF DET_ID IMAGE_ID PARENT_ID OBJ_ID CAT_ID FLAGS DB_FLAGS"
    " PHOT_FLAGS ASTROM_POOR_MASK ASTROM_BAD_MASK PHOTOM_POOR_MASK PHOTOM_BAD_MASK NSTAR".split()
)
BYTES = set("TYPE DEPTH CHILD TABLE NPOLYTERMS".split())


class Table:
    """One extension of a FITS file: `columns` (name, TFORM), `header`, `primary`, `rows`."""

    def __init__(self, path, extension=1):
        self.path = path
        with fits.open(path, memmap=False) as hdus:
            hdus.verify("exception")
            self.primary, self.header = hdus[0].header, hdus[extension].header
            self.start = hdus[extension].fileinfo()["datLoc"]
        numbers = range(1, self.header["TFIELDS"] + 1)
        self.columns = [(self.header[f"TTYPE{n}"].strip(), self.header[f"TFORM{n}"].strip()) for n in numbers]
        self.name = self.header["EXTNAME"].strip()

    @cached_property
    def dtype(self):
        fields, seen = [], set()
        for name, form in self.columns:
            count, letter = int(form[:-1] or 1), form[-1]
            if form == "2J":
                kind = ">u8"
            elif name in BYTES:
                kind = "i1"
            elif letter == "A":
                kind = f"S{count}"
            else:
                kind = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">u8", "E": ">f4", "D": ">f8"}[letter]
                kind = kind.replace("i", "u") if name in UNSIGNED else kind
                kind = (kind, (count,)) if count > 1 else kind
            fields.append((name + "_" * (name in seen), kind))
            seen.add(name)
        return np.dtype(fields)

    @cached_property
    def rows(self):
        """All rows as a structured array."""
        return np.fromfile(self.path, self.dtype, self.header["NAXIS2"], offset=self.start)


class Database:
    """A whole database in SPLIT mode: `regions` by path of the .cpt, each a dict of Tables by suffix."""

    def __init__(self, folder):
        self.folder = folder
        self.images, self.photcodes = Table(folder / "Images.dat"), Table(folder / "Photcodes.dat")
        self.skytable = Table(folder / "SkyTable.fits")
        self.regions = {
            path: {
                s: Table(path.with_suffix("." + s))
                for s in ("cpt", "cpm", "cps", "cpn")
                if path.with_suffix("." + s).exists()
            }
            for path in sorted(folder.rglob("*.cpt"))
        }

    def measurements(self):
        """All measurements with those of their columns that follow from the other tables: (rows, ra, dec, rows of averages)."""
        found = []
        for region in self.regions.values():
            rows, averages = region["cpm"].rows, region["cpt"].rows
            own = averages[rows["AVE_REF"]]
            if "RA" in rows.dtype.names:
                ra, dec = rows["RA"], rows["DEC"]
            else:
                ra, dec = (own["RA"] - rows["D_RA"] / 3600.0) % 360, own["DEC"] - rows["D_DEC"] / 3600.0
            found.append((rows, ra, dec, own))
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    def calibrated(self):
        """Calibrated magnitudes of all measurements, and .cps MAG of their passband, as the specification's formulas give them."""
        codes = {row["CODE"]: row for row in self.photcodes.rows}
        slots = [row["CODE"] for row in self.photcodes.rows if row["TYPE"] == 2]
        cal, average = [], []
        for region in self.regions.values():
            rows, width = region["cpm"].rows, region["cpt"].primary["NSECFILT"]
            mags = region["cps"].rows["MAG"].astype(float).reshape(-1, width)
            names = rows.dtype.names
            shift = rows["MCAL_PSF" if "MCAL_PSF" in names else "M_CAL"].astype(float)
            shift += rows["M_FLAT"] if "M_FLAT" in names else 0.0
            for row, taken in zip(rows, shift, strict=True):
                p, star = codes.get(row["PHOTCODE"]), mags[row["AVE_REF"]]
                if p is None:
                    cal.append(np.nan), average.append(np.nan)
                    continue
                slot = slots.index(p["EQUIV"])
                average.append(star[slot] if slot < width else np.nan)
                if p["TYPE"] == 4:
                    cal.append(float(row["MAG"]))
                    continue
                value = row["MAG"] - 25.0 + float(p["K"]) * (row["AIRMASS"] - 1) - taken
                for code in (p, codes[p["EQUIV"]]):
                    value += 0.001 * code["C_LAM"]
                    if code["NC"]:
                        c1, c2 = (slots.index(code[c]) for c in ("C1", "C2"))
                        if max(c1, c2) < width and np.isfinite(
                            colour := star[c1] - star[c2] - 0.001 * code["X_ERR"]
                        ):
                            value += sum(float(code["X"][n]) * colour ** (n + 1) for n in range(code["NC"]))
                cal.append(value)
        return np.array(cal), np.array(average)
