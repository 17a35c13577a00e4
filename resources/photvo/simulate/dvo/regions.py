"""The four files of each region, written block by block."""

import numpy as np

from . import files, measure

SUFFIXES = {"average": "cpt", "measure": "cpm", "secfilt": "cps", "missing": "cpn"}


class Region:
    """One region's files: `stem` is their path without suffix, `row` its row of SkyTable."""

    def __init__(self, stem, row, bounds, layouts, old):
        self.stem, self.row, self.bounds, self.layouts, self.old = stem, row, bounds, layouts, old
        self.files = {name: files.TableFile(stem.with_suffix(f".{suffix}"), getattr(layouts, name), old)
                      for name, suffix in SUFFIXES.items()}  # fmt: skip
        self.seconds = 0

    def cards(self, mef=False, is_sorted=True):
        """The cards of the .cpt's primary header."""
        counts = {name: file.count for name, file in self.files.items()}
        name = self.stem.name
        links = [] if mef else [("MEASURE", f"{name}.cpm"), ("MISSING", f"{name}.cpn"), ("SECFILT", f"{name}.cps")]
        west, east, south, north = (round(float(v), 6) for v in self.bounds)
        return [*links, ("RA0", west), ("DEC0", south), ("RA1", east), ("DEC1", north), ("CATID", self.row),
                ("DATE", files.DATE), ("SORTED", is_sorted), ("NSTARS", counts["average"]), ("NMEAS", counts["measure"]),
                ("NMISS", counts["missing"]), ("NSECFILT", self.seconds), ("OBJID", counts["average"])]  # fmt: skip

    def append(self, block, e, number_of):
        """Write the rows of a block, whose stars all are of this region; `number_of(image)` hands out DET_IDs."""
        first_star, first_row = self.files["average"].count, self.files["measure"].count
        seen, n = block.seen, len(block.stars)
        per_star = seen.sum(axis=1)
        star = first_star + np.arange(n)
        of_star = np.repeat(star, per_star)
        values = {name: matrix[seen] for name, matrix in block.values.items()}
        if "M_FLAT" in self.files["measure"].layout.dtype.names:  # the formulas of PS1_V5 subtract it
            values |= {name: values[name] + values["M_FLAT"] for name in ("MAG", "M_APER")}
        det_id = number_of(values["IMAGE_ID"])
        values |= {
            "AVE_REF": of_star, "OBJ_ID": of_star, "CAT_ID": self.row, "DET_ID": det_id,
            "EXT_ID": np.where(values["IMAGE_ID"] > 0, measure.detection_id(values["TIME"], values["CCDNUM"], det_id), 0),
        }  # fmt: skip
        values |= _modern(values)
        missing = block.missing
        misses = missing.sum(axis=1)
        first_miss = self.files["missing"].count + np.cumsum(misses) - misses
        fewer, none = np.where(per_star < 3, 1, 0), np.zeros(n)
        times = np.where(seen[:, :-1], e.start, 0), np.where(seen[:, :-1], e.start, 2**31 - 1)
        here = seen[:, :-1].any(axis=1)
        last, earliest = (np.where(here, t, 0) for t in (times[0].max(axis=1), times[1].min(axis=1)))
        averages = block.averages | {
            "RA": block.ra, "DEC": block.dec, "NMEASURE": per_star, "OFF_MEASURE": first_row + np.cumsum(per_star) - per_star,
            "NMISSING": misses, "OFF_MISSING": np.where(misses > 0, first_miss, -1), "U_RA": none, "U_DEC": none, "PAR": none,
            "V_RA_ERR": none, "V_DEC_ERR": none, "PAR_ERR": none, "SIGMA_POS": none, "OFF_EXTEND": -1, "OFF_LENSING": -1,
            "OFF_LENSOBJ": -1, "OFF_STARPAR": -1, "OFF_GALPHOT": -1, "FLAGS": fewer, "OBJ_ID": star, "CAT_ID": self.row,
            "EXT_ID": measure.object_id(block.ra, block.dec), "MEAN_EPOCH": (last + earliest) // 2, "TIME_RANGE": last - earliest,
            "PSF_QF": 0.99, "PSF_QF_PERF": 0.99, "STARGAL_SEP": 0.0,
        }  # fmt: skip
        seconds = {name: matrix.ravel() for name, matrix in block.secfilt.items()}
        self.seconds = block.secfilt["MAG"].shape[1]
        made = {
            "average": (n, averages), "measure": (len(of_star), values), "secfilt": (n * self.seconds, _aliases(seconds, self.layouts)),
            "missing": (int(misses.sum()), {"TIME": np.broadcast_to(e.start, missing.shape)[missing]}),
        }  # fmt: skip
        for name, (count, columns) in made.items():
            file = self.files[name]
            file.append(file.layout.rows(count, columns), self.cards() if name == "average" else ())

    def close(self, is_sorted=True, mef=False, empty=True):
        """Write the headers. `empty`: also files without rows; `mef`: all tables in one file."""
        for name, file in self.files.items():
            if name == "average":
                file.close(self.cards(is_sorted=is_sorted))
            else:
                file.close(extend=False)
                if not file.count and not empty:
                    file.path.unlink()
        if mef:
            self._join(is_sorted)

    def _join(self, is_sorted):
        whole = self.stem.with_suffix(".mef")
        with open(whole, "wb") as out:
            out.write(files.primary(self.cards(mef=True, is_sorted=is_sorted)))
            for name in ("average", "measure", "missing", "secfilt"):
                path = self.files[name].path
                if path.exists():
                    out.write(
                        path.read_bytes()[
                            len(files.primary(self.cards()) if name == "average" else files.primary()) :
                        ]
                    )
                    path.unlink()
        whole.rename(self.files["average"].path)

    def shuffle(self, rng):
        """Put the measurements into another order, so that only AVE_REF tells whose they are."""
        file = self.files["measure"]
        rows = rng.permutation(file.rows())
        with open(file.path, "r+b") as out:
            out.seek(file.head)
            out.write(memoryview(rows).cast("B"))


def _modern(v):
    """Columns of PS1_V4 and later, from those of every version."""
    flux = 10 ** (-0.4 * (v["MAG"] - 25))
    made = {"M_APER_ERR": v["MAG_ERR"], "M_KRON": v["M_APER"] - 0.01, "M_KRON_ERR": v["MAG_ERR"],
            "MCAL_PSF": v["M_CAL"], "MCAL_APER": v["M_CAL"] + 0.001, "X_FIX": v["X_CCD"], "Y_FIX": v["Y_CCD"],
            "PSF_QF_PEFECT": v["PSF_QF"]}  # fmt: skip
    made |= {f"{axis}_OFF_{kind}": 0.0 for axis in "XY" for kind in ("KH", "DCR", "CAM")}
    made |= {
        f"FLUX_{kind}": np.round(flux * factor, 3)
        for kind, factor in (("PSF", 1.0), ("KRON", 1.006), ("AP", 0.996))
    }
    return made | {
        f"FLUX_{kind}_ERR": np.round(flux * v["MAG_ERR"] / 1.0857, 3) for kind in ("PSF", "KRON", "AP")
    }


def _aliases(v, layouts):
    """The columns of .cps under the names of every version; MAG_STDEV is in millimag where it is an integer."""
    error, spread = v["MAG_ERR"], v["STDEV"]
    kinds = layouts.secfilt.dtype
    whole = "MAG_STDEV" in kinds.names and kinds["MAG_STDEV"].kind == "i"
    made = v | {"MAG_AP": v["MAG"] + 0.004, "MAG_AP_ERR": error, "MAG_AP_STDEV": spread, "MAG_KRON": v["MAG"] - 0.006,
                "MAG_KRON_ERR": error, "MAG_KRON_STDEV": spread, "PSF_QF_MAX": np.where(v["NUSED"] > 0, 0.99, np.nan),
                "PSF_QF_PERF_MAX": np.where(v["NUSED"] > 0, 0.99, np.nan), "NUSED_KRON": v["NUSED"], "NUSED_AP": v["NUSED"],
                "STACK_PRIMARY_OFF": -1, "STACK_BEST_OFF": -1}  # fmt: skip
    made["MAG_STDEV"] = np.where(np.isnan(spread), 0x7FFF, np.round(1000 * spread)) if whole else spread
    return made
