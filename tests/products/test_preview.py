"""What is drawn in the pictures of light curves: the figure is looked at, and the pixels of the PNG."""

import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import combinations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from curves import CONTEXT, curve, rows
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from photvo.products import forms, phase, preview
from photvo.products.request import BadRequest, Request, curves, wanted
from photvo.products.series import POINT, Identifier


def points(times, mag=12.0, mag_err=0.02):
    """Good points at barycentric times."""
    table = np.zeros(len(times), POINT)
    table["obs_time"], table["obs_time_utc"] = times, np.asarray(times) - 0.003
    table["mag"], table["mag_err"], table["mag_diff"], table["mag_diff_err"] = mag, mag_err, np.nan, np.nan
    table["exptime"], table["airmass"], table["datasource_id"] = 30, np.nan, 1
    return table


def random_points(n, seed=1):
    """Points over three years, of an irregular star."""
    rng = np.random.default_rng(seed)
    return points(np.sort(rng.uniform(58000, 59000, n)), 12 + rng.normal(0, 0.3, n), rng.uniform(0.01, 0.1, n))


def drawn(figure):
    """What is drawn as points: (band, kind) → the line."""
    return {tuple(line.get_gid().split()): line for line in figure.axes[0].lines if line.get_gid() != "dates"}


def dates(figure):
    """The dates at the top: their MJD and texts."""
    (line,) = [artist for artist in figure.axes[0].get_children() if artist.get_gid() == "dates"]
    across = figure.axes[0].get_xaxis_transform()
    texts = [text.get_text() for text in figure.axes[0].texts if text.get_transform() == across]
    return np.array(line.get_xdata(), float), texts


def texts(figure):
    """All words of a picture."""
    axes = figure.axes[0]
    legend = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    others = [text.get_text() for text in (*axes.texts, *figure.texts)]
    return [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel(), *others, *legend]


def pixels(png):
    """The pixels of a PNG, height × width × RGB."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_brighter_is_up_and_later_is_right():
    figure = preview.figure([curve(points=points([59000.0, 59001.0], [13.0, 12.0]))])
    (faint, bright) = figure.axes[0].transData.transform([(59000.0, 13.0), (59001.0, 12.0)])
    assert bright[1] > faint[1] and bright[0] > faint[0]


@pytest.mark.parametrize("folded", [None, 2.5])
def test_every_point_is_drawn_once_a_cycle_where_it_belongs(folded):
    some = [curve(band, points=random_points(n, n)) for band, n in (("B", 17), ("V", 120), ("g_sdss", 3))]
    lines = drawn(preview.figure(some, folded))
    for series, table in some:
        x, y = lines[series.band, "good"].get_data()
        assert len(x) == len(table) * (2 if folded else 1)
        assert np.array_equal(np.sort(y), np.sort(np.tile(table["mag"], 2 if folded else 1)))
        if not folded:
            assert np.array_equal(x, table["obs_time"])


@pytest.mark.parametrize("folded", [None, 0.37])
def test_nothing_is_clipped_away_neither_outliers_nor_eclipses(folded):
    times = np.linspace(59000, 59100, 400)
    mag = np.where(np.arange(400) % 50 == 7, 19.5, 8.0)  # an eclipse of 11.5 mag that 2 % of the points are in
    mag[200] = -1.4
    figure = preview.figure([curve(points=points(times, mag))], folded)
    axes = figure.axes[0]
    left, right = axes.get_xlim()
    low, high = sorted(axes.get_ylim())
    x, y = drawn(figure)["V", "good"].get_data()
    assert left < x.min() and x.max() < right and low < y.min() and y.max() < high
    # and so are their markers as a whole
    shown = axes.transData.transform(np.stack([x, y], 1))
    box = axes.get_window_extent()
    assert (shown > [box.x0 + 4, box.y0 + 4]).all() and (shown < [box.x1 - 4, box.y1 - 4]).all()


def test_error_bars_are_as_long_as_the_errors_and_a_monstrous_one_squeezes_nothing():
    table = random_points(50)
    table["mag_err"][3] = 4.0
    table["mag_err"][7] = np.nan
    axes = preview.figure([curve(points=table)]).axes[0]
    (bars,) = axes.collections
    ends = np.array(bars.get_segments())
    has = np.isfinite(table["mag_err"])
    assert len(ends) == 49
    np.testing.assert_allclose(ends[:, 0, 0], table["obs_time"][has])
    np.testing.assert_allclose(np.ptp(ends[:, :, 1], axis=1), 2 * table["mag_err"][has], atol=3e-6)
    assert abs(np.subtract(*axes.get_ylim())) < 2.5 * np.ptp(table["mag"])
    usual = np.delete(ends, 3, 0)[:, :, 1]
    assert min(axes.get_ylim()) < usual.min() and usual.max() < max(axes.get_ylim())


def test_flagged_points_are_hollow_and_upper_limits_are_triangles_that_point_down():
    figure = preview.figure([curve(points=rows())])
    lines = drawn(figure)
    assert {kind: len(line.get_xdata()) for (_, kind), line in lines.items()} == {"good": 2, "flagged": 1, "limit": 1}
    assert lines["V", "good"].get_markerfacecolor() == lines["V", "good"].get_markeredgecolor()
    assert to_rgb(lines["V", "flagged"].get_markerfacecolor()) == (1, 1, 1)
    assert lines["V", "flagged"].get_markeredgecolor() == lines["V", "good"].get_markeredgecolor()
    assert lines["V", "limit"].get_marker() == "v"
    assert "v" not in [lines["V", kind].get_marker() for kind in ("good", "flagged")]
    assert {"flagged", "upper limit"} <= set(texts(figure))
    # of an upper limit no error bar
    assert len(figure.axes[0].collections[0].get_segments()) == 2


def test_points_that_cannot_be_drawn_are_counted():
    assert any("not drawn:\n1 (no" in text for text in texts(preview.figure([curve(points=rows())])))
    assert not any("not drawn" in text for text in texts(preview.figure([curve(points=random_points(5))])))


def test_axes_say_quantity_unit_and_frame():
    figure = preview.figure([curve(points=random_points(9))])
    said = texts(figure)
    assert said[:3] == ["SS Cyg & <co>   UGSS   P = 49.5 d", "Barycentric MJD (d, TDB)", "Magnitude (mag, Vega)"]
    assert "Date (TDB)" in said and "V (9)" in said
    mixed = texts(preview.figure([curve(points=random_points(9)), curve("g_sdss", points=random_points(4), magsys="AB")]))
    assert mixed[2] == "Magnitude (mag)" and {"V, Vega (9)", "g_sdss, AB (4)"} <= set(mixed)


def test_times_at_the_telescope_are_drawn_and_said_where_there_are_no_barycentric_ones():
    table = random_points(9)
    table["obs_time"] = np.nan
    figure = preview.figure([curve(points=table)])
    assert np.array_equal(drawn(figure)["V", "good"].get_xdata(), table["obs_time_utc"])
    assert "MJD at the telescope (d, UTC)" in texts(figure) and "Date (UTC)" in texts(figure)
    assert "time at the telescope (UTC)" in preview.figure([curve(points=table)], 2.0).axes[0].get_xlabel()


def test_differential_magnitudes_are_drawn_and_said_where_there_are_no_others():
    table = random_points(9)
    table["mag_diff"], table["mag_diff_err"], table["mag"] = table["mag"] - 11, 0.01, np.nan
    figure = preview.figure([curve(points=table)])
    assert figure.axes[0].get_ylabel() == "Differential magnitude (mag)"
    assert np.array_equal(drawn(figure)["V", "good"].get_ydata(), table["mag_diff"])


@pytest.mark.parametrize("span", [1e-5, 0.002, 0.04, 0.3, 1.7, 6, 19, 40, 130, 400, 1500, 3650, 40000])
def test_dates_stand_where_their_days_are(span):
    figure = preview.figure([curve(points=points(59510.3 + np.array([0, 0.4, 1]) * span))])
    places, said = dates(figure)
    assert 1 <= len(places) <= 9 and len(set(said)) == len(said) == len(places)
    left, right = figure.axes[0].get_xlim()
    assert (places >= left).all() and (places <= right).all()
    for place, text in zip(places, said):
        full = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
        assert abs(Time(full, scale="tdb").mjd - place) < 1e-9


@pytest.mark.parametrize("span", [1e-5, 0.002, 0.04, 0.3, 1.7, 6, 19, 40, 130, 400, 1500, 3650, 40000])
@pytest.mark.parametrize("mag", [2.1, 12.3456, -1.4567])
def test_no_words_overlap_or_leave_the_picture(span, mag):
    table = points(59510.3 + np.array([0, 0.4, 1]) * span, mag + np.array([0, 0.001, 0.0005]), 1e-4)
    gap = table.copy()
    gap["mag"][1] = np.nan  # not drawn, which is said
    for folded in (None, 0.123456789):
        figure = preview.figure([curve("g_sdss", points=table), curve("r_sdss", points=gap)], folded)
        figure.canvas.draw()
        axes = figure.axes[0]
        words = [axes.xaxis.label, axes.yaxis.label, *axes.texts, *figure.texts]
        words += [child for child in axes.get_children() if isinstance(child, Text) and child.get_text()]
        words += [text for legend in figure.legends for text in legend.get_texts()]
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, sorted(axes.get_ylim()))):
            words += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        words = {id(word): word for word in words}.values()
        assert len(words) >= 12 and all(word.get_fontsize() >= 8 for word in words)
        boxes = [(word.get_text(), word.get_window_extent()) for word in words]
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= preview.SIZE[0] and box.y1 <= preview.SIZE[1], text
        for (one, box), (other, other_box) in combinations(boxes, 2):
            assert not box.overlaps(other_box), (one, other)


def test_many_bands_have_looks_of_their_own():
    bands = [*preview.LOOKS, "H_alpha", "Y"]
    assert len(set(preview.looks(bands))) == len(bands) == len({marker for _, marker in preview.looks(bands)})
    # each archive's usual sets in colours of their own, and a band looks the same in all of these
    for usual in (["B", "V", "R", "I"], ["g_sdss", "r_sdss", "i_sdss", "none"], ["U", "B", "V", "R"], ["V", "g_sdss", "r_sdss"]):
        looks = preview.looks(usual)
        assert looks == [preview.LOOKS[band] for band in usual]
        assert len({colour for colour, _ in looks}) == len(usual)
    eight = ["B", "g_sdss", "V", "r_sdss", "R", "i_sdss", "I", "none"]
    assert len({colour for colour, _ in preview.looks(eight)}) == 8


#: How colours look to people without one kind of cones, linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
MACHADO = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour, vision):
    """CIELAB of a colour as a kind of vision has it (sRGB, D65)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(MACHADO[vision]) @ linear, 0, 1)
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    t = matrix @ linear / matrix.sum(1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", MACHADO)
def test_colours_are_told_apart_by_every_kind_of_colour_vision(vision):
    for one, other in combinations([*preview.COLOURS, "white"], 2):
        difference = np.linalg.norm(lab(one, vision) - lab(other, vision))
        assert difference > 15, (one, other)  # just noticeable is 2.3


@pytest.mark.parametrize("folded", [None, 2.5])
def test_pixels_of_the_picture_are_where_the_axes_say(folded):
    table = points([59000.0, 59003.7, 59010.0], [12.0, 12.9, 12.4], 0.001)
    some = [curve("V", points=table), curve("R", points=points([59005.25], [12.65], 0.001))]
    seen = pixels(preview.picture(some, folded))
    figure = preview.figure(some, folded)
    axes = figure.axes[0]
    assert seen.shape == (400, 640, 3)
    for (band, _), line in drawn(figure).items():
        colour = np.round(np.array(to_rgb(preview.LOOKS[band][0])) * 255)
        near = np.abs(seen - colour).max(2) <= 4
        for x, y in axes.transData.transform(np.stack(line.get_data(), 1)):
            row, column = int(400 - y), int(x)
            assert near[row, column]
            # its marker, alone in its surroundings, has its middle there to a pixel
            found = np.argwhere(near[row - 8 : row + 9, column - 8 : column + 9])
            middle = (found.min(0) + found.max(0)) / 2 - 8
            assert abs(middle[1]) <= 1 and abs(middle[0]) <= 1.5
    # the ticks' numbers are where they say as well: the date axis and the lower one agree with the points
    if not folded:
        places, said = dates(figure)
        days = [Time(text, scale="tdb").mjd for text in said]
        shown = axes.transData.transform([(day, 12) for day in days])[:, 0]
        black = seen.max(2) < 90
        top = int(400 - axes.get_window_extent().y1)
        for x in shown:
            assert black[top - 3, round(x) - 1 : round(x) + 2].any()


def test_one_point_and_none_make_pictures():
    for folded in (None, 2.5):
        one = preview.figure([curve(points=points([59000.0]))], folded)
        left, right = one.axes[0].get_xlim()
        assert right - left >= 1 and len(drawn(one)["V", "good"].get_xdata()) == (2 if folded else 1)
        none = preview.figure([curve(points=points([]))], folded)
        assert not drawn(none) and "no points" in texts(none)
        assert pixels(preview.picture([curve(points=points([]))], folded)).shape == (400, 640, 3)
    assert "no points" in texts(preview.figure([curve(points=points([59000.0], np.nan))]))


def test_names_are_no_mathematics():
    picture = preview.picture([curve(points=random_points(3), name="V$_1 $ \\frac{ Cyg", var_type="$x^$")])
    assert pixels(picture).std() > 0


def test_times_beyond_the_calendar_make_a_picture_without_dates():
    figure = preview.figure([curve(points=points([59000.0, 5e6]))])
    figure.canvas.draw()
    assert len(drawn(figure)["V", "good"].get_xdata()) == 2 and len(dates(figure)[0]) == 0


def test_other_sizes_are_possible():
    assert pixels(preview.picture([curve(points=random_points(30))], size=(1000, 500))).shape == (500, 1000, 3)


def heliocentric(mjd, star, target="heliocentric"):
    """astropy's HJD or BJD − 2400000.5 of times at a telescope (astropy Time with a place), in their scale."""
    return (mjd + mjd.light_travel_time(star, target, ephemeris="builtin")).mjd


def test_an_eclipsing_binary_of_a_heliocentric_ephemeris_is_faintest_at_phase_0():
    # eclipses every 0.2 d by the clock of an observer on the Sun, in UTC, for twenty years; measured at Kolonica
    site = EarthLocation.from_geodetic(22.27 * u.deg, 48.93 * u.deg, 460 * u.m)
    star = SkyCoord(47.04, 40.96, unit="deg")
    epoch, period = 2450000.3021, 0.2
    rng = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        utc = Time(np.sort(rng.uniform(50000, 59000, 4000)), format="mjd", scale="utc", location=site)
        distance = ((heliocentric(utc, star) - (epoch - 2400000.5)) / period + 0.5) % 1 - 0.5
        table = points(heliocentric(utc.tdb, star, "barycentric"), 10 + np.clip(1 - np.abs(distance) / 0.01, 0, None))
    figure = preview.figure([curve(points=table, period_epoch=epoch, epoch_frame="HJD UTC", ra=47.04, dec=40.96)], period)
    x, y = drawn(figure)["V", "good"].get_data()
    for cycle in (0, 1):
        inside = np.abs(x - cycle) < 0.5
        eclipsed = inside & (y > 10.05)
        assert eclipsed.sum() > 50
        # 0.001 of this period is 17 s: that UTC has leap seconds (8 since the epoch) and the barycentre is not the Sun
        # (5 s) is in it, but neither the 62 s from UTC to TDB nor the light time of 8 min
        middle = np.sum(x[eclipsed] * (y[eclipsed] - 10)) / np.sum(y[eclipsed] - 10) - cycle
        assert abs(middle) < 0.001
        np.testing.assert_allclose(y[inside] - 10, np.clip(1 - np.abs(x[inside] - cycle) / 0.01, 0, None), atol=0.1)
    assert "HJD UTC 2450000.3021" in figure.axes[0].get_xlabel()


@pytest.mark.parametrize("epoch", [2430000.25, 2445641.5135, 2457754.5, 2460000.123456])
@pytest.mark.parametrize(("frame", "target", "scale"), [
    ("HJD UTC", "heliocentric", "utc"), ("HJD", "heliocentric", "utc"), ("HJD_TT", "heliocentric", "tt"),
    ("BJD TDB", "barycentric", "tdb"), ("BJD_UTC", "barycentric", "utc"), ("BJD", "barycentric", "tdb"),
])  # fmt: skip
def test_published_epochs_are_reduced_as_astropy_does(epoch, frame, target, scale):
    star = SkyCoord(258.56, 76.7, unit="deg")
    mjd, said = phase.barycentric(epoch, frame, 258.56, 76.7)
    assert said.startswith(f"{frame} {epoch}") and ("taken as" in said) == (frame in ("HJD", "BJD"))
    # the other way: the moment at the geocentre whose barycentric time that is, and its time in the epoch's frame
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        geocentre = EarthLocation.from_geocentric(0, 0, 0, unit="m")
        there = Time(mjd, format="mjd", scale="tdb", location=geocentre)
        for _ in range(4):
            late = (there + there.light_travel_time(star, "barycentric", ephemeris="builtin")).mjd - mjd
            there = there - late * u.day
        again = heliocentric(getattr(there, scale), star, target)
    assert abs(again + 2400000.5 - epoch) * 86400 < 0.005


def test_what_was_taken_as_phase_0_is_said():
    table = random_points(9)
    label = preview.figure([curve(points=table, epoch_frame="HJD")], 49.5).axes[0].get_xlabel()
    assert "Phase of barycentric time (TDB), period 49.5 d" in label and "HJD 2455000.25 (taken as HJD UTC)" in label
    label = preview.figure([curve(points=table, epoch_frame=None)], 49.5).axes[0].get_xlabel()
    assert "JD 2455000.25 (taken as HJD UTC)" in label
    figure = preview.figure([curve(points=table, period_epoch=None, epoch_frame=None)], 49.5)
    assert "no epoch is published" in figure.axes[0].get_xlabel()
    assert np.isclose(drawn(figure)["V", "good"].get_xdata(), 0).any()


@pytest.mark.parametrize("epoch", [1e12, -1e9, -1e8, float("nan")])
def test_an_epoch_that_is_no_date_makes_a_picture_all_the_same(epoch):
    x = drawn(preview.figure([curve(points=random_points(9), period_epoch=epoch, epoch_frame="HJD")], 49.5))["V", "good"]
    assert np.isfinite(x.get_xdata()).all()


def test_phases_run_over_two_cycles_around_0():
    x = phase.twice(np.array([59000.0, 59000.5, 59001.9, 58999.9]), 59000.0, 2.0)
    np.testing.assert_allclose(x, [0, 0.25, -0.05, -0.05, 1, 1.25, 0.95, 0.95], atol=1e-9)


def test_both_pictures_are_forms():
    some = [curve(points=random_points(20))]
    for name in ("png", "png/folded"):
        form = forms.FORMS[name]
        assert form.media_type == "image/png" and form.extension.endswith("png") and forms.find(name) == name
        assert Image.open(io.BytesIO(form.write(some, CONTEXT))).format == "PNG"
    assert forms.find("image/png") == "png"
    assert forms.FORMS["png"].write(some, CONTEXT) == preview.picture(some)
    assert forms.FORMS["png/folded"].write(some, CONTEXT) == preview.picture(some, 49.5)


@pytest.mark.parametrize("period", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_an_object_without_a_period_has_no_folded_picture(period):
    with pytest.raises(BadRequest, match="^RESPONSEFORMAT: SS Cyg & <co> has no published period") as refused:
        forms.FORMS["png/folded"].write([curve(period=period)], CONTEXT)
    assert refused.value.name == "RESPONSEFORMAT"


def test_threads_draw_the_same_as_one_alone():
    some = [([curve(points=random_points(40, seed))], folded) for seed in range(4) for folded in (None, 3.3)]
    alone = [preview.picture(*each) for each in some]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda each: preview.picture(*each), some)) == alone


@pytest.mark.parametrize("name", ["bet Per", "RZ Cas", "U Cep", "W UMa", "VY UMi"])
def test_eclipses_of_the_samples_binaries_are_at_phase_0(instance, name):
    ((key, period),) = instance.query(
        "SELECT object_id, max(v.period) FROM kolonica_db.series s JOIN kolonica_db.variability v USING (object_id)"
        " WHERE name = %s GROUP BY 1", [name],
    )  # fmt: skip
    asked = Request((Identifier("kolonica", key, None),))
    with closing(instance.connect()) as connection, connection.cursor() as cursor:
        found = curves(cursor, asked, CONTEXT, wanted(cursor, asked))
    lines = drawn(preview.figure(found, period))
    checked = 0
    for band in {band for band, _ in lines}:
        x, y = lines[band, "good"].get_data()
        for cycle in (0, 1):
            near, away = np.abs(x - cycle) < 0.01, (np.abs(x - cycle) > 0.12) & (np.abs(x - cycle) < 0.5)
            if near.sum() > 2 and away.sum() > 2:
                assert np.median(y[near]) > np.median(y[away]) + 0.2, band
                assert np.median(y[near]) > np.percentile(y, 80), band
                checked += 1
    assert checked
