"""A small good file of each light-curve format in text, made by hand, and how files are broken."""

from hypothesis import strategies as st

#: Name of the format's module → a file.
SAMPLES = {
    "aavso_extended": """#TYPE=EXTENDED
#OBSCODE=ABC
#SOFTWARE=by hand
#DELIM=,
#DATE=JD
#OBSTYPE=CCD
#NAME,DATE,MAG,MERR,FILT,TRANS,MTYPE,CNAME,CMAG,KNAME,KMAG,AMASS,GROUP,CHART,NOTES
SS CYG,2450702.1234,11.235,0.003,B,NO,STD,105,10.593,110,11.090,1.561,1,070613,na
SS CYG,2450702.1254,<13.5,na,V,NO,STD,ENSEMBLE,na,na,na,na,na,X123,|KEY=VAL|
SS CYG,2450702.1274,-0.735,0.004,R,NO,DIF,105,10.593,110,11.090,1.563,1,070613,na
""",
    "aavso_visual": """#TYPE=VISUAL
#OBSCODE=ABC
#SOFTWARE=by hand
#DELIM=,
#DATE=JD
#NAME,DATE,MAG,COMMENTCODE,COMP1,COMP2,CHART,NOTES
SS CYG,2450702.1234,<11.1,na,110,113,070613,na
SS CYG,2450703.1234,10.9,U,109,110,070613,twilight
""",
    "aavso_download": """JD,Magnitude,Uncertainty,HQuncertainty,Band,Observer Code,Comment Code(s),Comp Star 1,Comp Star 2,Charts,Comments,Transfomed,Airmass,Validation Flag,Cmag,Kmag,HJD,Star Name
2455798.33333,14.5,0.5,,V,ABC,,ensemble,,X1,,0,1.2,Z,,,,SN 2011FE
2455799.33333,<15.5,,,Vis.,DEF,K,141,150,X1,"a, b",0,,V,,,,SN 2011FE
""",
    "aavso_exoplanet": """#TYPE=EXOPLANET
#OBSCODE=ABC
#DELIM=,
#DATE_TYPE=BJD_TDB
#OBSTYPE=CCD
#STAR_NAME=WASP-12
#EXOPLANET_NAME=WASP-12 b
#EXPOSURE_TIME=30
#FILTER=CV
#DETREND_PARAMETERS=AIRMASS
#MEASUREMENT_TYPE=Rnflux
#DATE,DIFF,ERR,DETREND_1
2457393.50189,0.9987,0.0021,1.86
2457393.50247,1.0011,0.0022,1.85
""",
    "vstar_flexible": """## VStar Flexible Text Format 1.2
#DELIM=comma
#FIELDS=time,mag,magerr,filter,obscode
#DATE=HJD
#NAME=SS Cyg
2450702.1234,11.235,0.003,V,ABC
2450702.1254,<13.5,,V,ABC
""",
    "muniwin": """JD V-C s1 V-K1 s2
Aperture: 2, Filter: V
2457657.5088310 -0.50728 0.10291 0.1 0.05604
2457657.5098310 99.99999 9.99999 0.1 0.05604
2457657.5108310 -0.51728 0.10291 0.1 0.05604
""",
    "astroimagej": """ \tLabel\tslice\tSaturated\tJ.D.-2400000\tJD_UTC\tJD_SOBS\tHJD_UTC\tBJD_TDB\tAIRMASS\tEXPTIME\trel_flux_T1\trel_flux_C2\trel_flux_err_T1\trel_flux_err_C2
1\tone.fit\t1\t0\t58962.775\t2458962.775\t2458962.774768518\t2458962.7773\t2458962.7781\t2.07\t40\t0.0464\t0.1036\t0.0002\t0.0003
2\ttwo.fit\t2\t0\t58962.776\t2458962.776\t2458962.775768518\t0\tNaN\t2.06\t40\t0.0465\t0.1035\t0.0002\t0.0003
""",
    "vphot": """,Date,Obj1,Err,Star1,Airm, Filter,Group,SkyBri.,Expo time,SnapShots,LimitingMagnitude
0,2458541.44236,14.933,0.009,13.772,1.03,V,na,20.73,60.0,1.0,19.3
1,2458541.44429,14.919,0.009,13.772,1.03,V,na,20.69,60.0,1.0,18.8
""",
    "vstar_simple": """# RR Lyr
2454900.32361\t7.1\t0.01\tABC\tG
2454900.33810\t<7.2\t\tDEF
2454900.36806\t7.0
""",
    "relative_flux": """Time (BJD_TDB),Relative Flux,Relative Flux Error
2458887.429,0.9992996,0.001770185
2458887.431,1.0008682,0.001767411
""",
    "vast": """2457236.66302  15.29067263 0.06977439   247.67850  867.84888  5.7 ../fits/a.fit  +0.0000 0.0700  -0.0479 0.0652
2457236.66667  15.31490723 0.06698329   253.30721  864.51837  5.6 ../fits/b.fit
""",
}  # fmt: skip

#: What stands in files where it should not.
STRAY = [
    b"", b"\0", b'"', b"'", b",", b"\t", b";", b"|", b" ", b"#", b"=", b"\n", b"\r", b"\r\n", b"\n\n", b"na", b"NULL", b"nan", b"inf",
    b"-inf", b"1e999", b"<", b">", b"<<12", b"99.99", b"-", b".", b"1_0", b"0x10", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc2\xa0",
    b"#DATE=HJD\n", b"#DATE=\n", b"#DELIM=\n", b"#DELIM=tab\n", b"#FIELDS=time\n", b"#OBSCODE=\n", "−".encode(), "١".encode(),
]  # fmt: skip


@st.composite
def broken(draw, text):
    """The bytes of a file with some of them replaced, lines doubled, left out or cut off."""
    content = text.encode()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(STRAY)) + content[at + draw(st.integers(0, 8)) :]
    lines = content.split(b"\n")
    for number in draw(st.lists(st.integers(0, 99), max_size=3)):
        i = number % len(lines)
        lines[i : i + 1] = draw(st.sampled_from([[], [lines[i], lines[i]]]))
        lines = lines or [b""]
    return b"\n".join(lines)[: draw(st.one_of(st.none(), st.integers(0, len(content))))]
