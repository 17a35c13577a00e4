<resource schema="kolonica" resdir="kolonica">
  <meta name="title">Kolonica photometry database</meta>
  <meta name="description" format="plain">
    Photometry of variable stars with the small telescopes of the observatory at Kolonica, Slovakia: objects,
    light curves, the images that they were measured on, the FITS headers and the details of the processing.
    Light curves carry barycentric (TDB) and topocentric (UTC) times.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">Observers at Kolonica</meta>
  <meta name="facility">Kolonica Observatory</meta>
  <meta name="instrument">ZIGA and Alica telescopes</meta>
  <meta name="source">Kolonica photometry database</meta>

  <!-- Every table here is a view: the rows, keys and indexes are in the schema kolonica_db (schema.sql),
    which ingestion writes. What is said of keys and indexes below is metadata. -->

  <STREAM id="view">
    <doc>The view of a base table. Bind select: the columns, in the order of the columns declared.</doc>
    <DEFAULTS where=""/>
    <viewStatement>CREATE VIEW \\curtable AS (SELECT \\colNames FROM (SELECT \select FROM kolonica_db.\base b \where) q)</viewStatement>
  </STREAM>

  <table id="observatories" onDisk="True" adql="True" primary="id">
    <meta name="description">Observatories: where the telescopes stand.</meta>
    <FEED source="streams#id" what="observatory"/>
    <column name="name" type="text" required="True" ucd="meta.id" description="Name of the observatory."/>
    <column name="longitude" type="double precision" unit="deg" ucd="pos.earth.lon"
      description="Geodetic longitude, east positive."/>
    <column name="quoted/latitude" type="double precision" unit="deg" ucd="pos.earth.lat"
      description="Geodetic latitude, north positive."/>
    <column name="altitude" type="double precision" unit="m" ucd="pos.earth.altitude" description="Altitude above sea level."/>
    <column name="operator" type="text" ucd="meta.curation" description="Who operates it."/>
    <column name="description" type="text" ucd="meta.note" description="What else there is to say."/>
    <!-- latitude is a word of ADQL: the name needs quotes, which colNames cannot do -->
    <viewStatement>CREATE VIEW \curtable AS (SELECT id, name::text, longitude, latitude, altitude, operator::text, description FROM kolonica_db.observatories)</viewStatement>
  </table>

  <table id="telescopes" onDisk="True" adql="True" primary="id">
    <meta name="description">Telescopes.</meta>
    <FEED source="streams#id" what="telescope"/>
    <column name="name" type="text" required="True" ucd="meta.id;instr.tel" description="Name of the telescope."/>
    <FEED source="streams#reference" name="observatory_id" target="kolonica.observatories" what="observatory"/>
    <column name="aperture" type="double precision" unit="m" ucd="phys.size.diameter;instr.tel" description="Free aperture."/>
    <column name="focal_length" type="double precision" unit="m" ucd="instr.tel.focalLength" description="Effective focal length."/>
    <column name="description" type="text" ucd="meta.note" description="Optics and mounting."/>
    <foreignKey source="observatory_id" inTable="observatories" dest="id" metaOnly="True"/>
    <FEED source="view" base="telescopes" select="id, name::text, observatory_id, aperture, focal_length, description"/>
  </table>

  <table id="instruments" onDisk="True" adql="True" primary="id">
    <meta name="description">Cameras and photometers.</meta>
    <FEED source="streams#id" what="instrument"/>
    <column name="name" type="text" required="True" ucd="meta.id;instr" description="Name of the instrument."/>
    <column name="type" type="text" ucd="meta.code.class;instr" description="Kind of detector."/>
    <column name="pixel_size" type="double precision" unit="m" ucd="phys.size;instr.pixel" description="Size of an unbinned pixel."/>
    <column name="naxis1" type="integer" ucd="meta.number;instr.pixel" description="Pixels along the first axis."><values nullLiteral="-1"/></column>
    <column name="naxis2" type="integer" ucd="meta.number;instr.pixel" description="Pixels along the second axis."><values nullLiteral="-1"/></column>
    <column name="description" type="text" ucd="meta.note" description="Detector and use."/>
    <FEED source="view" base="instruments" select="id, name::text, type::text, pixel_size, naxis1, naxis2, description"/>
  </table>

  <table id="photosys" onDisk="True" adql="True" primary="id">
    <meta name="description">Photometric systems: one row a passband.</meta>
    <FEED source="streams#id" what="photometric system"/>
    <column name="band" type="text" required="True" ucd="meta.id;instr.bandpass" description="Short name of the passband; the last part of a light curve's publisher DID."/>
    <column name="description" type="text" ucd="meta.note" description="What the passband is."/>
    <column name="filter_id" type="text" ucd="meta.id;instr.filter" utype="photDM:PhotometryFilter.identifier"
      description="Identifier in the SVO Filter Profile Service."/>
    <column name="magsys" type="text" ucd="meta.code" utype="photDM:PhotCal.magnitudeSystem.type" description="Magnitude system: AB or Vega."/>
    <column name="zeropoint" type="double precision" unit="Jy" ucd="phot.mag;arith.zp" utype="photDM:PhotCal.zeroPoint.flux.value"
      description="Flux density of magnitude 0 in this system."/>
    <column name="wavelength_eff" type="double precision" unit="m" ucd="em.wl.effective" utype="photDM:PhotometryFilter.spectralLocation.value"
      description="Effective wavelength."/>
    <column name="wavelength_min" type="double precision" unit="m" ucd="em.wl;stat.min" description="Short end of the passband."/>
    <column name="wavelength_max" type="double precision" unit="m" ucd="em.wl;stat.max" description="Long end of the passband."/>
    <FEED source="view" base="photosys" select="id, band::text, description, filter_id::text, magsys::text, zeropoint, wavelength_eff, wavelength_min, wavelength_max"/>
  </table>

  <table id="datasources" onDisk="True" adql="True" primary="id">
    <meta name="description">Data sources: who observed, processed and published, and what their times are.</meta>
    <FEED source="streams#id" what="data source"/>
    <column name="progid" type="text" required="True" ucd="meta.id" description="Identifier of the observing programme."/>
    <column name="name" type="text" ucd="meta.title" description="Name of the programme."/>
    <column name="contributors" type="text" ucd="meta.id.PI" description="Who observed, processed and published."/>
    <column name="copyright" type="text" ucd="meta.curation" description="Terms of use."/>
    <column name="reference" type="text" ucd="meta.bib" description="What to cite."/>
    <column name="description" type="text" ucd="meta.note" description="What the source is."/>
    <column name="time_scale" type="text" ucd="time.scale" description="Time scale of the source's times; null where not known."/>
    <column name="time_refposition" type="text" ucd="meta.ref;time" description="Where the source's times hold: TOPOCENTER, GEOCENTER, HELIOCENTER or BARYCENTER; null where not known."/>
    <column name="time_point" type="text" ucd="meta.code;time" description="Whether a time is the start or the middle (mid) of the exposure; null where not known."/>
    <FEED source="streams#reference" name="observatory_id" target="kolonica.observatories" what="observatory"/>
    <FEED source="streams#reference" name="telescope_id" target="kolonica.telescopes" what="telescope"/>
    <foreignKey source="observatory_id" inTable="observatories" dest="id" metaOnly="True"/>
    <foreignKey source="telescope_id" inTable="telescopes" dest="id" metaOnly="True"/>
    <FEED source="view" base="datasources" select="id, progid::text, name::text, contributors, copyright, reference, description, time_scale::text, time_refposition::text, time_point::text, observatory_id, telescope_id"/>
  </table>

  <table id="objects" onDisk="True" adql="True" primary="id">
    <meta name="description">Objects with light curves: positions, names and classes.</meta>
    <FEED source="streams#id" what="object"/>
    <FEED source="streams#position" what="object"/>
    <column name="epoch" type="real" unit="yr" ucd="time.epoch;pos" description="Julian year that the position is for."/>
    <column name="gaia_name" type="text" ucd="meta.id" description="Gaia source identifier."/>
    <column name="simbad_name" type="text" ucd="meta.id" description="Name in SIMBAD."/>
    <column name="class" type="text" ucd="src.class" description="Class of the object."/>
    <column name="description" type="text" ucd="meta.note" description="What else there is to say."/>
    <column name="ucac4_name" type="text" ucd="meta.id" description="Name in UCAC4."/>
    <column name="apass_name" type="text" ucd="meta.id" description="Name in APASS."/>
    <column name="vsx_name" type="text" ucd="meta.id" description="Name in the AAVSO's Variable Star Index."/>
    <column name="id_arch" type="integer" ucd="meta.id" description="Identifier in the archive that the object came from."><values nullLiteral="-1"/></column>
    <index columns="gaia_name" metaOnly="True"/>
    <FEED source="view" base="objects" select="id, ra, dec, coordequ, epoch, gaia_name::text, simbad_name::text, class::text, description::text, ucac4_name::text, apass_name::text, vsx_name::text, id_arch"/>
  </table>

  <table id="object_names" onDisk="True" adql="True" primary="object_id,name">
    <meta name="description">Every name of every object, so that one look-up finds a star by any of them.</meta>
    <column name="object_id" type="integer" required="True" ucd="meta.id;meta.main" description="The object: kolonica.objects.id."/>
    <column name="name" type="text" required="True" ucd="meta.id;src" description="A name of the object."/>
    <foreignKey source="object_id" inTable="objects" dest="id" metaOnly="True"/>
    <FEED source="view" base="object_names" select="object_id, name::text"/>
  </table>

  <table id="variability" onDisk="True" adql="True" primary="object_id">
    <meta name="description">What is published about the variability of the objects.</meta>
    <column name="object_id" type="integer" required="True" ucd="meta.id;meta.main" description="The object: kolonica.objects.id."/>
    <column name="var_type" type="text" ucd="meta.code.class;src.var" description="Type of variability (GCVS or VSX)."/>
    <column name="period" type="double precision" unit="d" ucd="time.period;src.var" description="Period; for a dwarf nova the mean time between outbursts."/>
    <column name="period_epoch" type="double precision" unit="d" ucd="time.epoch;src.var" description="Epoch of minimum or maximum light: a Julian date in the frame of epoch_frame."/>
    <column name="epoch_frame" type="text" ucd="meta.code;time.scale" description="Time frame of the epoch, as far as its source states it."/>
    <column name="mag_max" type="real" unit="mag" ucd="phot.mag;stat.min" description="Magnitude at brightest."/>
    <column name="mag_min" type="real" unit="mag" ucd="phot.mag;stat.max" description="Magnitude at faintest."/>
    <column name="band" type="text" ucd="instr.bandpass" description="Passband of these magnitudes."/>
    <column name="source" type="text" ucd="meta.bib" description="Where these values come from."/>
    <foreignKey source="object_id" inTable="objects" dest="id" metaOnly="True"/>
    <FEED source="view" base="variability" select="object_id, var_type::text, period, period_epoch::double precision, epoch_frame::text, mag_max, mag_min, band::text, source"/>
  </table>

  <table id="observations" onDisk="True" adql="True" primary="id">
    <meta name="description">Images: one row an exposure.</meta>
    <FEED source="streams#id" what="observation"/>
    <FEED source="streams#dateobs" what="Start of the exposure, UTC."/>
    <column name="accumtime" type="double precision" unit="s" ucd="time.duration;obs.exposure" description="Exposure time."/>
    <FEED source="streams#reference" name="telescope_id" target="kolonica.telescopes" what="telescope"/>
    <FEED source="streams#reference" name="instrument_id" target="kolonica.instruments" what="instrument"/>
    <column name="fov_x" type="double precision" unit="deg" ucd="phys.angSize;instr.fov" description="Width of the field of view."/>
    <column name="fov_y" type="double precision" unit="deg" ucd="phys.angSize;instr.fov" description="Height of the field of view."/>
    <column name="mode" type="text" ucd="meta.code.class;obs" description="Kind of frame."/>
    <column name="band" type="text" ucd="instr.bandpass" description="Passband: kolonica.photosys.band."/>
    <FEED source="streams#position" what="centre of the image"/>
    <column name="coordequsrc" type="text" ucd="meta.code;pos" description="Where the position comes from: wcs (the image's solution), objectequ (OBJCTRA, OBJCTDEC) or header (other cards)."/>
    <column name="type" type="text" ucd="meta.code.class" description="Kind of observation."/>
    <column name="filename" type="text" ucd="meta.id;meta.file" description="Name of the file."/>
    <column name="path_to_fits" type="text" ucd="meta.ref;meta.file" description="Folder of the file at the observatory."/>
    <foreignKey source="telescope_id" inTable="telescopes" dest="id" metaOnly="True"/>
    <foreignKey source="instrument_id" inTable="instruments" dest="id" metaOnly="True"/>
    <FEED source="view" base="observations" select="id, dateobs AT TIME ZONE 'UTC' AS dateobs, accumtime::double precision, telescope_id, instrument_id, degrees(fov[0]) AS fov_x, degrees(fov[1]) AS fov_y, mode::text, band::text, degrees(long(coordequ)) AS ra, degrees(lat(coordequ)) AS dec, coordequ, coordequsrc::text, type::text, filename::text, path_to_fits::text"/>
  </table>

  <table id="metadata_obs_json" onDisk="True" adql="True" primary="id">
    <meta name="description">The FITS headers of the images, as JSON.</meta>
    <FEED source="streams#id" what="header"/>
    <column name="observation_id" type="integer" required="True" ucd="meta.id" description="The observation: kolonica.observations.id."/>
    <column name="data" type="text" ucd="meta" description="The header's cards as a JSON object."/>
    <foreignKey source="observation_id" inTable="observations" dest="id" metaOnly="True"/>
    <index columns="observation_id" metaOnly="True"/>
    <FEED source="view" base="metadata_obs_json" select="id, observation_id, data::text"/>
  </table>

  <table id="lightcurves" onDisk="True" adql="True" primary="id">
    <meta name="description">The points of all light curves, one row a point in one band.</meta>
    <FEED source="streams#id" type="bigint" what="point"/>
    <column name="object_id" type="integer" required="True" ucd="meta.id" description="The object: kolonica.objects.id."/>
    <FEED source="streams#dateobs" what="The time as the data source gives it (start or middle of the exposure, see kolonica.datasources), in UTC."/>
    <column name="jd" type="double precision" unit="d" ucd="time.epoch" description="The same time as a Julian date."/>
    <column name="magnitude" type="double precision" unit="mag" ucd="phot.mag" description="Magnitude."/>
    <column name="mag_err" type="double precision" unit="mag" ucd="stat.error;phot.mag" description="Uncertainty of the magnitude."/>
    <FEED source="streams#reference" name="datasource_id" target="kolonica.datasources" what="data source"/>
    <FEED source="streams#reference" name="photosys_id" target="kolonica.photosys" what="photometric system"/>
    <column name="mag_diff" type="double precision" unit="mag" ucd="phot.mag;arith.diff" description="Differential magnitude."/>
    <column name="mag_diff_err" type="double precision" unit="mag" ucd="stat.error;phot.mag;arith.diff" description="Uncertainty of the differential magnitude."/>
    <column name="upper_limit" type="smallint" ucd="meta.code;stat.max" description="1 where the star was not seen, and fainter than the magnitude; else 0." required="True"/>
    <column name="flux" type="double precision" ucd="phot.flux" description="Flux, in the unit of flux_unit."/>
    <column name="flux_err" type="double precision" ucd="stat.error;phot.flux" description="Uncertainty of the flux, in the same unit."/>
    <column name="flux_unit" type="text" ucd="meta.unit" description="Unit of the flux in the syntax of VOUnit; empty for a relative flux, null where there is none."/>
    <column name="id_arch" type="integer" ucd="meta.id" description="Identifier in the archive that the point came from."><values nullLiteral="-1"/></column>
    <FEED source="streams#reference" name="observation_id" target="kolonica.observations" what="image that the point was measured on"/>
    <column name="quality" type="integer" ucd="meta.code.qual" description="The source's own quality code; 0 is good."><values nullLiteral="-1"/></column>
    <column name="time_stated" type="text" ucd="meta.note;time.scale" description="What the file itself says of its times: scale, reference position, point of the exposure; null where it says nothing and the data source's declaration counts."/>
    <FEED source="streams#times"/>
    <column name="exptime" type="real" unit="s" ucd="time.duration;obs.exposure" description="Exposure time."/>
    <foreignKey source="object_id" inTable="objects" dest="id" metaOnly="True"/>
    <foreignKey source="datasource_id" inTable="datasources" dest="id" metaOnly="True"/>
    <foreignKey source="photosys_id" inTable="photosys" dest="id" metaOnly="True"/>
    <foreignKey source="observation_id" inTable="observations" dest="id" metaOnly="True"/>
    <index columns="object_id,photosys_id" metaOnly="True"/>
    <index columns="observation_id" metaOnly="True"/>
    <FEED source="view" base="lightcurves" where="WHERE published" select="id, object_id, dateobs AT TIME ZONE 'UTC' AS dateobs, extract(julian FROM dateobs AT TIME ZONE 'UTC+12')::double precision AS jd, magnitude::double precision, mag_err::double precision, datasource_id, photosys_id, mag_diff::double precision, mag_diff_err::double precision, upper_limit::int::smallint, flux, flux_err, flux_unit::text, id_arch, observation_id, quality, time_stated::text, obs_time, obs_time_utc, exptime"/>
  </table>

  <table id="metadata_lc_json" onDisk="True" adql="True" primary="id">
    <meta name="description">How each point was measured, as JSON: comparison stars, binning, temperature, calibration.</meta>
    <FEED source="streams#id" type="bigint" what="entry"/>
    <column name="lightcurve_id" type="bigint" required="True" ucd="meta.id" description="The point: kolonica.lightcurves.id."/>
    <column name="data" type="text" ucd="meta" description="The facts as a JSON object."/>
    <column name="comp_stars" type="bigint[]" ucd="meta.id" description="Gaia identifiers of the comparison stars, out of the JSON. Search with gavo_array_has(comp_stars, …), which has an index."/>
    <foreignKey source="lightcurve_id" inTable="lightcurves" dest="id" metaOnly="True"/>
    <index columns="lightcurve_id" metaOnly="True"/>
    <FEED source="view" base="metadata_lc_json" select="id, lightcurve_id, data::text, kolonica_db.comp_stars(data) AS comp_stars" where="WHERE lightcurve_id NOT IN (SELECT id FROM kolonica_db.lightcurves WHERE NOT published)"/>
  </table>

  <table id="comparison_stars" onDisk="True" adql="True">
    <meta name="description">Comparison stars of the light curves: which were used together for an object in a passband, where they are,
      and their mean magnitude in that passband where this archive has it.</meta>
    <column name="object_id" type="integer" required="True" ucd="meta.id" description="The object that was measured: kolonica.objects.id."/>
    <column name="band" type="text" required="True" ucd="instr.bandpass" description="Passband: kolonica.photosys.band."/>
    <column name="comp_set" type="integer" required="True" ucd="meta.id" description="Set of stars that were used together; the points of a light curve name it."/>
    <column name="star" type="text" required="True" ucd="meta.id;meta.main" description="The comparison star as the data source names it, mostly its Gaia source identifier."/>
    <column name="star_id" type="integer" ucd="meta.id" description="The same star as an object of this archive, kolonica.objects.id; null where it is none."><values nullLiteral="-1"/></column>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" description="Right ascension, ICRS; null where the star is not an object of this archive."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" description="Declination, likewise."/>
    <column name="mag" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean magnitude of the comparison star in this passband."/>
    <column name="npoints" type="bigint" required="True" ucd="meta.number" description="Points that were measured with it."/>
    <foreignKey source="object_id" inTable="objects" dest="id" metaOnly="True"/>
    <viewStatement>
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT u.object_id, p.band::text, u.comp_set, star, o.id AS star_id, o.ra, o.dec, s.mag_mean AS mag, u.npoints
        FROM (SELECT object_id, photosys_id, comp_set, count(*) AS npoints FROM kolonica_db.points
              WHERE comp_set IS NOT NULL GROUP BY object_id, photosys_id, comp_set) u
        JOIN kolonica_db.photosys p ON p.id = u.photosys_id
        JOIN kolonica_db.comp_sets c ON c.id = u.comp_set CROSS JOIN unnest(c.stars) AS star
        LEFT JOIN kolonica_db.objects o ON o.id = (
          -- a name that several objects have tells none of them
          SELECT min(n.object_id) FROM kolonica_db.object_names n WHERE n.name_key = kolonica_db.name_key(star) HAVING count(*) = 1)
        LEFT JOIN kolonica_db.series s ON s.object_id = o.id AND s.photosys_id = u.photosys_id) q)
    </viewStatement>
  </table>

  <table id="photometry" onDisk="True" adql="True" primary="id">
    <meta name="description">The light curves for people: object, passband, both times, magnitude and flags in one flat table.</meta>
    <FEED source="streams#id" type="bigint" what="point"/>
    <column name="object_id" type="integer" required="True" ucd="meta.id" description="The object: kolonica.objects.id."/>
    <column name="object_name" type="text" required="True" ucd="meta.id;src" description="Main name of the object."/>
    <column name="band" type="text" required="True" ucd="instr.bandpass" description="Passband: kolonica.photosys.band."/>
    <FEED source="streams#times"/>
    <column name="mag" type="double precision" unit="mag" ucd="phot.mag;meta.main" description="Magnitude."/>
    <column name="mag_err" type="double precision" unit="mag" ucd="stat.error;phot.mag" description="Uncertainty of the magnitude."/>
    <FEED source="streams#flags"/>
    <foreignKey source="object_id" inTable="objects" dest="id" metaOnly="True"/>
    <index columns="object_id" metaOnly="True"/>
    <index columns="object_name" metaOnly="True"/>
    <FEED source="view" base="points" select="b.id, b.object_id, s.name::text AS object_name, s.band::text, obs_time, obs_time_utc, mag, mag_err, flags" where="JOIN kolonica_db.series s USING (object_id, photosys_id)"/>
  </table>

  <data id="create">
    <nullGrammar/>
    <LOOP listItems="observatories telescopes instruments photosys datasources objects object_names variability observations metadata_obs_json lightcurves metadata_lc_json photometry comparison_stars">
      <events><make table="\item"/></events>
    </LOOP>
  </data>

  <!-- `dachs imp kolonica/db ingest` goes the way of `photvo ingest`; in the order of the keys. -->
  <table id="taken" temporary="True"><column name="path" type="text" ucd="meta.id;meta.file" description="Unused: the package writes the tables."/></table>
  <data id="ingest" auto="False">
    <sources recurse="True">
      <LOOP listItems="observatories telescopes instruments photosys datasources">
        <events><pattern>data/\item\+.csv</pattern></events>
      </LOOP>
      <pattern>data/objects/*.csv</pattern>
      <pattern>data/images/*</pattern>
      <pattern>data/lightcurves/*</pattern>
    </sources>
    <customGrammar module="grammar"/>
    <make table="taken"/>
  </data>

  <!-- of the sample archive -->
  <regSuite title="Tables of the sample">
    <regTest title="Points are found by their comparison star">
      <url LANG="ADQL" QUERY="SELECT COUNT(*) AS n FROM kolonica.metadata_lc_json WHERE 1 = gavo_array_has(comp_stars, 1972957308333789312)">/tap/sync</url>
      <code>
        row, = self.getVOTableRows()
        self.assertTrue(row["n"] > 0)
      </code>
    </regTest>
  </regSuite>
</resource>
