<resource schema="dvo" resdir="dvo">
  <meta name="title">DVO photometry database</meta>
  <meta name="description" format="plain">
    A database of the Desktop Virtual Observatory (DVO), as the Pan-STARRS image processing pipeline keeps it: images, photcodes,
    objects with their mean positions and magnitudes, and every measurement of every object, with instrumental and calibrated
    magnitudes, flags and times. Light curves carry barycentric (TDB) and topocentric (UTC) times.
  </meta>
  <FEED source="streams#registry"/>
  <meta name="creator">DVO survey</meta>
  <meta name="source">DVO database</meta>

  <!-- Every table here is a view: the rows, keys and indexes are in the schema dvo_db (schema.sql), which ingestion writes.
    What is said of keys and indexes below is metadata. -->

  <STREAM id="view">
    <doc>The view of what is in base (a table, or a query in brackets with a name).</doc>
    <viewStatement>CREATE VIEW \\curtable AS (SELECT \\colNames FROM \base)</viewStatement>
  </STREAM>

  <STREAM id="object">
    <DEFAULTS main=""/>
    <column name="object_id" type="bigint" required="True" ucd="meta.id\main" tablehead="Object" verbLevel="1"
      description="The object: cat_id times 10⁹ plus obj_id."/>
  </STREAM>

  <table id="photosys" onDisk="True" adql="True" primary="id">
    <meta name="description">Passbands of the light curves: photcodes with the same equivalent together.</meta>
    <FEED source="streams#id" what="passband: the code of the averages' filter, or the least photcode"/>
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
    <FEED source="view" base="(SELECT id, band::text, description, filter_id::text, magsys::text, zeropoint, wavelength_eff, wavelength_min, wavelength_max FROM dvo_db.photosys) q"/>
  </table>

  <table id="photcodes" onDisk="True" adql="True" primary="row">
    <meta name="description">Photcodes: what each combination of filter and detector is called, how its magnitudes are calibrated, and
      which bits of a measurement's phot_flags make it bad or poor.</meta>
    <column name="row" type="integer" required="True" ucd="meta.record" description="Row of Photcodes.dat, from 0."/>
    <column name="code" type="integer" required="True" ucd="meta.id;meta.main" description="The photcode, as images and measurements name it."/>
    <column name="photosys_id" type="integer" ucd="meta.id;instr.bandpass" description="Passband of its light curves: dvo.photosys.id."><values nullLiteral="-1"/></column>
    <column name="name" type="text" ucd="meta.id;instr.bandpass" description="Name, as MEGACAM.g.04."/>
    <column name="type" type="smallint" ucd="meta.code.class" description="Kind: 2 SEC (a filter of averages), 3 DEP (detector and filter of images), 4 REF (a reference catalogue), 5 ALT, 6 MAG."><values nullLiteral="-1"/></column>
    <column name="c_lam" type="integer" unit="mmag" ucd="phot.mag;arith.zp" description="Zero point."><values nullLiteral="-2147483648"/></column>
    <column name="c_lam_err" type="integer" unit="mmag" ucd="stat.error;phot.mag;arith.zp" description="Its error (offset, in some text tables)."><values nullLiteral="-2147483648"/></column>
    <column name="x_err" type="integer" unit="mmag" ucd="phot.color;arith.zp" description="Zero point of the colour."><values nullLiteral="-2147483648"/></column>
    <column name="k" type="real" unit="mag" ucd="phot.mag;obs.airMass;arith.ratio" description="Extinction per airmass."/>
    <column name="c1" type="integer" ucd="meta.id" description="Photcode of the colour's first magnitude."><values nullLiteral="-1"/></column>
    <column name="c2" type="integer" ucd="meta.id" description="Photcode of the colour's second magnitude."><values nullLiteral="-1"/></column>
    <column name="equiv" type="integer" ucd="meta.id;instr.bandpass" description="Equivalent among the averages' filters, a code of type 2; 0 where it has none."><values nullLiteral="-1"/></column>
    <column name="nc" type="integer" ucd="meta.number" description="Terms of the colour correction."><values nullLiteral="-1"/></column>
    <column name="x" type="real[]" ucd="arith.factor;phot.color" description="Coefficients of the colour correction; as many as nc."/>
    <column name="astrom_err_sys" type="real" unit="arcsec" ucd="stat.error.sys;pos.eq" description="Systematic error of positions."/>
    <column name="astrom_err_scale" type="real" ucd="arith.factor;pos.eq" description="Factor on the errors of positions."/>
    <column name="astrom_err_mag_scale" type="real" unit="arcsec/mag" ucd="arith.factor;pos.eq" description="Error of positions per error of the magnitude."/>
    <column name="photom_err_sys" type="real" unit="mag" ucd="stat.error.sys;phot.mag" description="Systematic error of magnitudes."/>
    <column name="astrom_poor_mask" type="bigint" ucd="meta.code.qual" description="Bits of phot_flags that make the astrometry poor."><values nullLiteral="-1"/></column>
    <column name="astrom_bad_mask" type="bigint" ucd="meta.code.qual" description="Bits of phot_flags that make the astrometry bad."><values nullLiteral="-1"/></column>
    <column name="photom_poor_mask" type="bigint" ucd="meta.code.qual" description="Bits of phot_flags that make the photometry poor."><values nullLiteral="-1"/></column>
    <column name="photom_bad_mask" type="bigint" ucd="meta.code.qual" description="Bits of phot_flags that make the photometry bad."><values nullLiteral="-1"/></column>
    <column name="slot" type="smallint" ucd="meta.id" description="Place of a photcode of type 2 among an object's mean magnitudes."><values nullLiteral="-1"/></column>
    <foreignKey source="photosys_id" inTable="photosys" dest="id" metaOnly="True"/>
    <index columns="code" metaOnly="True"/>
    <FEED source="view" base="dvo_db.photcodes"/>
  </table>

  <table id="datasources" onDisk="True" adql="True" primary="id">
    <meta name="description">Whose measurements these are, what their times are, and where the telescope stands.</meta>
    <FEED source="streams#id" what="data source"/>
    <column name="progid" type="text" required="True" ucd="meta.id" description="Short name of the source."/>
    <column name="name" type="text" ucd="meta.title" description="Name of the source."/>
    <column name="contributors" type="text" ucd="meta.id.PI" description="Who observed and processed."/>
    <column name="copyright" type="text" ucd="meta.curation" description="Terms of use."/>
    <column name="reference" type="text" ucd="meta.bib" description="What to cite."/>
    <column name="time_scale" type="text" ucd="time.scale" description="Time scale of time_unix."/>
    <column name="time_refposition" type="text" ucd="meta.ref;time" description="Where time_unix holds."/>
    <column name="time_point" type="text" ucd="meta.code;time" description="Whether time_unix is the start or the middle (mid) of the exposure."/>
    <column name="observatory" type="text" ucd="meta.id;instr.obsty" description="The observatory."/>
    <column name="longitude" type="double precision" unit="deg" ucd="pos.earth.lon" description="Its geodetic longitude, east positive."/>
    <column name="geodetic_latitude" type="double precision" unit="deg" ucd="pos.earth.lat" description="Its geodetic latitude, north positive."/>
    <column name="altitude" type="double precision" unit="m" ucd="pos.earth.altitude" description="Its altitude above sea level."/>
    <column name="telescope" type="text" ucd="meta.id;instr.tel" description="The telescope."/>
    <FEED source="view" base="(SELECT d.id, progid::text, d.name::text, contributors, copyright, reference, time_scale::text, time_refposition::text, time_point::text, o.name::text AS observatory, longitude, latitude AS geodetic_latitude, altitude, t.name::text AS telescope FROM dvo_db.datasources d JOIN dvo_db.observatories o ON o.id = d.observatory_id LEFT JOIN dvo_db.telescopes t ON t.id = d.telescope_id) q"/>
  </table>

  <table id="skytable" onDisk="True" adql="True" primary="index">
    <meta name="description">How the sky is divided into regions, a tree; those with has_catalog=1 own files. The region of a position:
      has_catalog=1 and ra between r_min and r_max and dec between d_min and d_max.</meta>
    <column name="index" type="integer" required="True" ucd="meta.id;meta.main" description="Number of the region."/>
    <column name="r_min" type="real" unit="deg" ucd="pos.eq.ra;stat.min" description="Western edge."/>
    <column name="r_max" type="real" unit="deg" ucd="pos.eq.ra;stat.max" description="Eastern edge."/>
    <column name="d_min" type="real" unit="deg" ucd="pos.eq.dec;stat.min" description="Southern edge."/>
    <column name="d_max" type="real" unit="deg" ucd="pos.eq.dec;stat.max" description="Northern edge."/>
    <column name="child_s" type="integer" ucd="meta.id" description="First of the regions that it is divided into: index."><values nullLiteral="-1"/></column>
    <column name="child_e" type="integer" ucd="meta.id" description="Index after the last of them."><values nullLiteral="-1"/></column>
    <column name="parent" type="integer" ucd="meta.id" description="The region that it is a part of: index."><values nullLiteral="-1"/></column>
    <column name="depth" type="smallint" ucd="meta.code" description="Level: 0 is the whole sky."><values nullLiteral="-1"/></column>
    <column name="child" type="smallint" ucd="meta.code" description="1 where it is divided."><values nullLiteral="-1"/></column>
    <column name="has_catalog" type="smallint" ucd="meta.code" description="1 where there is a catalogue of it (TABLE of the file)."><values nullLiteral="-1"/></column>
    <column name="name" type="text" ucd="meta.id" description="Name, which is also where its files are."/>
    <column name="host_id" type="smallint" ucd="meta.id" description="Host that has its files; 0 is none."><values nullLiteral="-1"/></column>
    <column name="host_flags" type="smallint" ucd="meta.code" description="What of it is where."><values nullLiteral="-1"/></column>
    <column name="backup_id" type="smallint" ucd="meta.id" description="Host that has a copy."><values nullLiteral="-1"/></column>
    <FEED source="view" base="dvo_db.skytable"/>
  </table>

  <table id="images" onDisk="True" adql="True" primary="image_id">
    <meta name="description">Images: one row a detector of an exposure, and one (ctype ending in -DIS) for the exposure itself where it has
      mosaic astrometry.</meta>
    <column name="image_id" type="integer" required="True" ucd="meta.id;meta.main" description="Number of the image."/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" description="Right ascension of the centre of the footprint."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" description="Declination of the centre of the footprint."/>
    <column name="footprint_radius" type="double precision" unit="deg" ucd="phys.angSize;instr.fov" description="From there to the farthest corner."/>
    <column name="footprint" type="spoly" unit="deg" ucd="pos.outline;instr.fov" description="Outline on the sky, by the image's projection (TAN, or WRP in its mosaic's DIS)."/>
    <column name="mjd" type="double precision" unit="d" ucd="time.start;obs.exposure" description="tzero as a Modified Julian Date, UTC."/>
    <column name="crval1" type="double precision" unit="deg" ucd="pos.wcs.crval" description="Reference position, right ascension; for a chip in the focal plane (-WRP) in its pixels."/>
    <column name="crval2" type="double precision" unit="deg" ucd="pos.wcs.crval" description="Reference position, declination; likewise."/>
    <column name="crpix1" type="real" unit="pixel" ucd="pos.wcs.crpix" description="Reference pixel."/>
    <column name="crpix2" type="real" unit="pixel" ucd="pos.wcs.crpix" description="Reference pixel."/>
    <column name="cdelt1" type="real" unit="deg/pixel" ucd="pos.wcs.scale" description="Pixel size; for a chip in the focal plane in its pixels."/>
    <column name="cdelt2" type="real" unit="deg/pixel" ucd="pos.wcs.scale" description="Pixel size; likewise."/>
    <column name="pc1_1" type="real" ucd="pos.wcs.cdmatrix" description="Rotation matrix."/>
    <column name="pc1_2" type="real" ucd="pos.wcs.cdmatrix" description="Rotation matrix."/>
    <column name="pc2_1" type="real" ucd="pos.wcs.cdmatrix" description="Rotation matrix."/>
    <column name="pc2_2" type="real" ucd="pos.wcs.cdmatrix" description="Rotation matrix."/>
    <column name="polyterms" type="real[]" ucd="stat.fit.param;pos" description="Polynomial of the distortion: 2 axes by x², xy, y², x³, x²y, xy², y³."/>
    <column name="npolyterms" type="smallint" ucd="meta.number" description="Order of the polynomial; 0 or 1 is linear."><values nullLiteral="-1"/></column>
    <column name="ctype" type="text" ucd="pos.wcs.ctype" description="Projection, as in DEC--TAN; -DIS is the mosaic, -WRP a chip in it."/>
    <column name="tzero" type="bigint" unit="s" ucd="time.epoch;obs.exposure" description="Time of row 0: UNIX time, UTC."><values nullLiteral="-1"/></column>
    <column name="nstar" type="bigint" ucd="meta.number;src" description="Stars found."><values nullLiteral="-1"/></column>
    <column name="secz" type="real" ucd="obs.airMass" description="Airmass."/>
    <column name="nx" type="integer" unit="pixel" ucd="meta.number;instr.pixel" description="Width."><values nullLiteral="-1"/></column>
    <column name="ny" type="integer" unit="pixel" ucd="meta.number;instr.pixel" description="Height."><values nullLiteral="-1"/></column>
    <column name="apmifit" type="real" unit="mag" ucd="phot.mag;arith.diff" description="Aperture correction."/>
    <column name="dapmifit" type="real" unit="mag" ucd="stat.error;phot.mag" description="Its error."/>
    <column name="mcal" type="real" unit="mag" ucd="phot.mag;arith.zp" description="Zero-point correction of the image."/>
    <column name="mcal_aper" type="real" unit="mag" ucd="phot.mag;arith.zp" description="The same for aperture magnitudes (PS1_V6)."/>
    <column name="dmcal" type="real" unit="mag" ucd="stat.error;phot.mag" description="Its error."/>
    <column name="xm" type="real" ucd="stat.fit.chi2" description="χ² of the image's photometric calibration."/>
    <column name="photcode" type="integer" ucd="meta.id;instr.bandpass" description="Detector and filter: dvo.photcodes.code."><values nullLiteral="-1"/></column>
    <column name="exptime" type="real" unit="s" ucd="time.duration;obs.exposure" description="Exposure time."/>
    <column name="st" type="real" unit="h" ucd="time;pos.earth" description="Sidereal time."/>
    <column name="lat" type="real" unit="deg" ucd="pos.earth.lat" description="Latitude of the observatory."/>
    <column name="ra_center" type="real" unit="deg" ucd="pos.eq.ra" description="Centre as the file has it (from PS1_V2 on)."/>
    <column name="dec_center" type="real" unit="deg" ucd="pos.eq.dec" description="Centre as the file has it (from PS1_V2 on)."/>
    <column name="radius" type="real" unit="deg" ucd="phys.angSize" description="Radius as the file has it (from PS1_V2 on)."/>
    <column name="ref_color" type="real" unit="mag" ucd="phot.color" description="Reference colour (from PS1_V2 on)."/>
    <column name="ref_color_blue" type="real" unit="mag" ucd="phot.color" description="Reference colour, blue (from PS1_V5 on)."/>
    <column name="ref_color_red" type="real" unit="mag" ucd="phot.color" description="Reference colour, red (from PS1_V5 on)."/>
    <column name="name" type="text" ucd="meta.id;meta.file" description="Name of the file."/>
    <column name="detection_limit" type="real" unit="mag" ucd="phot.mag;stat.max" description="Detection limit."/>
    <column name="saturation_limit" type="real" unit="mag" ucd="phot.mag;stat.min" description="Saturation limit."/>
    <column name="cerror" type="real" unit="arcsec" ucd="stat.error;pos.eq" description="Scatter of the astrometry."/>
    <column name="fwhm_x" type="real" unit="arcsec" ucd="phys.angSize;instr.det.psf" description="Width of the PSF at half maximum."/>
    <column name="fwhm_y" type="real" unit="arcsec" ucd="phys.angSize;instr.det.psf" description="Width of the PSF at half maximum."/>
    <column name="trate" type="real" unit="s/pixel" ucd="time.interval" description="Time from row to row of a drift scan; 0 otherwise."/>
    <column name="ccdnum" type="smallint" ucd="meta.id;instr.det" description="Number of the detector."><values nullLiteral="-1"/></column>
    <column name="flags" type="bigint" ucd="meta.code.qual" description="Flags of the image; dvo.flags names the bits."><values nullLiteral="-1"/></column>
    <column name="parent_id" type="bigint" ucd="meta.id" description="Mosaic that the chip is of: dvo.images.image_id."><values nullLiteral="-1"/></column>
    <column name="extern_id" type="bigint" ucd="meta.id" description="Identifier elsewhere."><values nullLiteral="-1"/></column>
    <column name="source_id" type="integer" ucd="meta.id" description="Kind of the identifier elsewhere."><values nullLiteral="-1"/></column>
    <column name="nlink_astrom" type="integer" ucd="meta.number" description="Stars matched for astrometry."><values nullLiteral="-1"/></column>
    <column name="nlink_photom" type="integer" ucd="meta.number" description="Stars matched for photometry."><values nullLiteral="-1"/></column>
    <column name="ubercal_dist" type="integer" ucd="meta.code.qual" description="Steps to the nearest image with an absolute calibration (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="xpix_sys_err" type="real" unit="pixel" ucd="stat.error.sys;pos.cartesian.x" description="Systematic error of positions."/>
    <column name="ypix_sys_err" type="real" unit="pixel" ucd="stat.error.sys;pos.cartesian.y" description="Systematic error of positions."/>
    <column name="mag_sys_err" type="real" unit="mag" ucd="stat.error.sys;phot.mag" description="Systematic error of magnitudes."/>
    <column name="n_fit_astrom" type="integer" ucd="meta.number" description="Stars of the astrometric fit."><values nullLiteral="-1"/></column>
    <column name="n_fit_photom" type="integer" ucd="meta.number" description="Stars of the photometric fit."><values nullLiteral="-1"/></column>
    <column name="photom_map_id" type="bigint" ucd="meta.id" description="Map of photometric corrections."><values nullLiteral="-1"/></column>
    <column name="astrom_map_id" type="bigint" ucd="meta.id" description="Map of astrometric corrections."><values nullLiteral="-1"/></column>
    <index columns="ra,dec" kind="spoint" metaOnly="True"/>
    <index columns="footprint" metaOnly="True"/>
    <index columns="mjd" metaOnly="True"/>
    <FEED source="view" base="dvo_db.images"/>
  </table>

  <table id="flags" onDisk="True" adql="True" primary="table_name,column_name,bit_number">
    <meta name="description">What each bit of each column of flags is called. With BITWISE_AND(phot_flags, mask) a query tells whether a bit
      is set.</meta>
    <column name="table_name" type="text" required="True" ucd="meta.id" description="Table of this schema."/>
    <column name="column_name" type="text" required="True" ucd="meta.id" description="Column of it."/>
    <column name="bit_number" type="smallint" required="True" ucd="meta.number" description="Number of the bit, from 0."/>
    <column name="mask" type="bigint" required="True" ucd="meta.code.qual" description="Its value, 2 to the power of bit."/>
    <column name="name" type="text" required="True" ucd="meta.id;meta.main" description="Name of the bit in the pipeline."/>
    <column name="meaning" type="text" ucd="meta.note" description="What it says."/>
    <FEED source="view" base="(SELECT table_name::text, column_name::text, bit AS bit_number, mask, name::text, meaning FROM dvo_db.flags) q"/>
  </table>

  <table id="averages" onDisk="True" adql="True" primary="object_id">
    <meta name="description">Objects (.cpt files): mean positions and what else does not depend on the filter. Mean magnitudes are in
      dvo.secfilt, a row a filter.</meta>
    <FEED source="object" main=";meta.main"/>
    <column name="region_id" type="integer" required="True" ucd="meta.id" description="Region that has the object: dvo.skytable.index."/>
    <column name="ave_row" type="bigint" required="True" ucd="meta.record" description="Row of the region's .cpt file, from 0; ave_ref of its measurements."/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" description="Right ascension, mean of the measurements, J2000."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" description="Declination, likewise."/>
    <column name="ra_err" type="real" unit="arcsec" ucd="stat.error;pos.eq.ra" description="Error of the right ascension."/>
    <column name="dec_err" type="real" unit="arcsec" ucd="stat.error;pos.eq.dec" description="Error of the declination."/>
    <column name="u_ra" type="real" unit="arcsec/yr" ucd="pos.pm;pos.eq.ra" description="Proper motion in right ascension, times cos(dec). Number and unit are the file's own (TUNIT arcsec/year). The description of 2009 says mas/yr; the header is followed since the program that writes the numbers writes it with them. 0 where it has not been fitted."/>
    <column name="u_dec" type="real" unit="arcsec/yr" ucd="pos.pm;pos.eq.dec" description="Proper motion in declination. In the file's own unit (TUNIT arcsec/year) and not in the mas/yr of the description of 2009: see u_ra."/>
    <column name="v_ra_err" type="real" unit="arcsec/yr" ucd="stat.error;pos.pm;pos.eq.ra" description="Error of the proper motion in right ascension. In the file's own unit (TUNIT arcsec/year) and not in the mas/yr of the description of 2009: see u_ra."/>
    <column name="v_dec_err" type="real" unit="arcsec/yr" ucd="stat.error;pos.pm;pos.eq.dec" description="Error of the proper motion in declination. In the file's own unit (TUNIT arcsec/year) and not in the mas/yr of the description of 2009: see u_ra."/>
    <column name="par" type="real" unit="arcsec" ucd="pos.parallax" description="Parallax. Number and unit are the file's own (TUNIT arcsec). The description of 2009 says mas; the header is followed since the program that writes the numbers writes it with them. 0 where it has not been fitted."/>
    <column name="par_err" type="real" unit="arcsec" ucd="stat.error;pos.parallax" description="Error of the parallax. In the file's own unit (TUNIT arcsec) and not in the mas of the description of 2009: see par."/>
    <column name="ra_stk" type="double precision" unit="deg" ucd="pos.eq.ra" description="Right ascension on the stack (from PS1_V5 on)."/>
    <column name="dec_stk" type="double precision" unit="deg" ucd="pos.eq.dec" description="Declination on the stack (from PS1_V5 on)."/>
    <column name="ra_stk_err" type="real" unit="arcsec" ucd="stat.error;pos.eq.ra" description="Error of the right ascension on the stack."/>
    <column name="dec_stk_err" type="real" unit="arcsec" ucd="stat.error;pos.eq.dec" description="Error of the declination on the stack."/>
    <column name="sigma_pos" type="real" unit="arcsec" ucd="stat.stdev;pos.eq" description="Scatter of the positions (until PS1_V3; not kept up in all databases)."/>
    <column name="chisq_pos" type="real" ucd="stat.fit.chi2;pos.eq" description="χ² of the mean position."/>
    <column name="chisq_pm" type="real" ucd="stat.fit.chi2;pos.pm" description="χ² of the fit with proper motion (from PS1_V2 on)."/>
    <column name="chisq_plx" type="real" ucd="stat.fit.chi2;pos.parallax" description="χ² of the fit with parallax (from PS1_V2 on)."/>
    <column name="mean_epoch" type="bigint" unit="s" ucd="time.epoch;stat.mean" description="Mean epoch of the position: UNIX time (from PS1_V2 on)."><values nullLiteral="-1"/></column>
    <column name="time_range" type="bigint" unit="s" ucd="time.duration" description="Time that the measurements span (from PS1_V2 on)."><values nullLiteral="-1"/></column>
    <column name="psf_qf" type="real" ucd="meta.code.qual;stat.max" description="Largest PSF quality factor of the measurements (from PS1_V4 on)."/>
    <column name="psf_qf_perf" type="real" ucd="meta.code.qual;stat.max" description="The same with all mask bits counted (from PS1_V4 on)."/>
    <column name="stargal_sep" type="real" ucd="src.class.starGalaxy" description="Star-galaxy separator (from PS1_V4 on)."/>
    <column name="number_pos" type="integer" ucd="meta.number" description="Measurements that the position is the mean of."><values nullLiteral="-1"/></column>
    <column name="nmeasure" type="integer" ucd="meta.number" description="Measurements of this object."><values nullLiteral="-1"/></column>
    <column name="nmissing" type="integer" ucd="meta.number" description="Exposures that covered the object without detecting it, as far as the database was told."><values nullLiteral="-1"/></column>
    <column name="nextend" type="integer" ucd="meta.number" description="Entries of extended-source photometry (NEXTEND; later NGALPHOT, galaxy photometry)."><values nullLiteral="-1"/></column>
    <column name="nlensing" type="integer" ucd="meta.number" description="Entries of lensing measurements (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="nlensobj" type="integer" ucd="meta.number" description="Entries of lensing objects (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="nstarpar" type="integer" ucd="meta.number" description="Entries of stellar parameters (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="nwarp_ok" type="integer" ucd="meta.number" description="Good warps (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="off_measure" type="bigint" ucd="meta.id" description="Row (from 0) of the object's first measurement in the region's .cpm file; valid where the region is sorted."><values nullLiteral="-1"/></column>
    <column name="off_missing" type="bigint" ucd="meta.id" description="Row (from 0) of its first entry in the region's .cpn file."><values nullLiteral="-1"/></column>
    <column name="off_extend" type="bigint" ucd="meta.id" description="Row (from 0) of its first extended-source entry (OFF_EXTEND of 2009)."><values nullLiteral="-1"/></column>
    <column name="off_lensing" type="bigint" ucd="meta.id" description="Row of its first entry in the .cpx file (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="off_lensobj" type="bigint" ucd="meta.id" description="Row of its first entry in the .cpy file (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="off_starpar" type="bigint" ucd="meta.id" description="Row of its first entry in the .cpz file (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="off_galphot" type="bigint" ucd="meta.id" description="Row of its first entry in the .cpq file (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="ref_color" type="real" unit="mag" ucd="phot.color" description="Colour that reference magnitudes were computed with."/>
    <column name="ref_color_blue" type="real" unit="mag" ucd="phot.color" description="The same, blue (from PS1_V5 on)."/>
    <column name="ref_color_red" type="real" unit="mag" ucd="phot.color" description="The same, red (from PS1_V5 on)."/>
    <column name="tess_id" type="smallint" ucd="meta.id" description="Tessellation of the stack (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="skycell_id" type="smallint" ucd="meta.id" description="Cell of the tessellation (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="projection_id" type="integer" ucd="meta.id" description="Projection of the tessellation (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="flags" type="bigint" ucd="meta.code.qual" description="Flags of the object; dvo.flags names the bits (table averages, column flags)."><values nullLiteral="-1"/></column>
    <column name="photflags_u" type="bigint" ucd="meta.code.qual" description="For each bit of phot_flags the upper bit of how many measurements have it: 00 less than 25 %, 01 less than 50 %, 10 less than 75 %, 11 more (from PS1_V3 on)."><values nullLiteral="-1"/></column>
    <column name="photflags_l" type="bigint" ucd="meta.code.qual" description="The lower bit of the same."><values nullLiteral="-1"/></column>
    <column name="obj_id" type="bigint" ucd="meta.id" description="Number of the object in the region where it was made."><values nullLiteral="-1"/></column>
    <column name="cat_id" type="bigint" ucd="meta.id" description="Region where the object was made: dvo.skytable.index."><values nullLiteral="-1"/></column>
    <column name="ext_id" type="bigint" ucd="meta.id" description="External identifier (PSPS objID); null where there is none."><values nullLiteral="-1"/></column>
    <column name="u_ra_gal" type="real" unit="arcsec/yr" ucd="pos.pm;pos.eq.ra" description="Proper motion of Galactic rotation in right ascension (from PS1_V5 on)."/>
    <column name="u_dec_gal" type="real" unit="arcsec/yr" ucd="pos.pm;pos.eq.dec" description="Proper motion of Galactic rotation in declination (from PS1_V5 on)."/>
    <column name="coordequ" type="spoint" unit="deg" ucd="pos.eq" verbLevel="25" description="The position as a DALI point; has a spatial index."/>
    <index columns="ra,dec" kind="spoint" metaOnly="True"/>
    <index columns="coordequ" metaOnly="True"/>
    <foreignKey source="region_id" inTable="skytable" dest="index" metaOnly="True"/>
    <stc>Position ICRS "ra" "dec"</stc>
    <FEED source="view" base="(SELECT *, spoint(radians(ra), radians(dec)) AS coordequ FROM dvo_db.averages) q"/>
  </table>

  <table id="measurements" onDisk="True" adql="True" primary="object_id,id">
    <meta name="description">Measurements (.cpm files): one row a detection. Empty where the database is attached and not loaded: light curves
      come from the files then. To search by position, search dvo.averages and join by object_id.</meta>
    <FEED source="streams#id" type="bigint" what="measurement: region_id times 10¹⁰ plus its row in the file"/>
    <FEED source="object"/>
    <column name="photosys_id" type="integer" required="True" ucd="meta.id;instr.bandpass" description="Passband: dvo.photosys.id."/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" description="Right ascension of the detection. Until PS1_V4: the object's less d_ra/3600, without cos(dec), as the format has it."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" description="Declination of the detection. Until PS1_V4: the object's less d_dec/3600."/>
    <column name="mjd" type="double precision" unit="d" ucd="time.epoch" description="time_unix as a Modified Julian Date, UTC: time_unix/86400 + 40587."/>
    <column name="obs_time" type="double precision" unit="d" ucd="time.epoch;meta.main" description="Middle of the exposure at the solar system's barycentre: MJD in TDB. Null where it cannot be derived."/>
    <column name="obs_time_utc" type="double precision" unit="d" ucd="time.epoch" description="Middle of the exposure at the telescope: MJD in UTC. Null where it cannot be derived."/>
    <column name="exptime" type="real" unit="s" ucd="time.duration;obs.exposure" description="Exposure time, 10^(0.4 m_time)."/>
    <column name="mag_inst" type="real" unit="mag" ucd="phot.mag;instr" description="Instrumental magnitude: mag - m_time - 25."/>
    <column name="mag_cat" type="real" unit="mag" ucd="phot.mag" description="Catalogue magnitude: mag - 25 + k (airmass - 1) + c_lam/1000, with k and c_lam of the photcode."/>
    <column name="mag_rel" type="real" unit="mag" ucd="phot.mag" description="Relative magnitude: mag_cat - m_cal (and - m_flat where there is one), with the photcode's colour term."/>
    <column name="mag_cal" type="real" unit="mag" ucd="phot.mag;meta.main" description="Calibrated magnitude in the system of the photcode's equivalent: mag_rel with that one's zero point and colour term. Null where the photcode has no equivalent."/>
    <column name="astrom_bad" type="boolean" required="True" ucd="meta.code.qual;pos" description="True where phot_flags has a bit of the photcode's astrom_bad_mask."/>
    <column name="astrom_poor" type="boolean" required="True" ucd="meta.code.qual;pos" description="True where phot_flags has a bit of the photcode's astrom_poor_mask."/>
    <column name="photom_bad" type="boolean" required="True" ucd="meta.code.qual;phot" description="True where phot_flags has a bit of the photcode's photom_bad_mask."/>
    <column name="photom_poor" type="boolean" required="True" ucd="meta.code.qual;phot" description="True where phot_flags has a bit of the photcode's photom_poor_mask."/>
    <column name="d_ra" type="real" unit="arcsec" ucd="pos.eq.ra;arith.diff" description="Mean right ascension less that of the detection, without cos(dec) (until PS1_V4)."/>
    <column name="d_dec" type="real" unit="arcsec" ucd="pos.eq.dec;arith.diff" description="Mean declination less that of the detection (until PS1_V4)."/>
    <column name="mag" type="real" unit="mag" ucd="phot.mag" description="Magnitude as the file has it: instrumental + 25 + 2.5 log(exposure). Null for a failed fit."/>
    <column name="mag_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Error of the magnitude."/>
    <column name="m_cal" type="real" unit="mag" ucd="phot.mag;arith.zp" description="Zero-point correction of the image, subtracted (PS1_V6: MCAL_PSF)."/>
    <column name="m_flat" type="real" unit="mag" ucd="phot.mag;arith.zp" description="Flat-field correction, subtracted (from PS1_V5 on)."/>
    <column name="mcal_aper" type="real" unit="mag" ucd="phot.mag;arith.zp" description="Zero-point correction for aperture magnitudes (PS1_V6: MCAL_APER)."/>
    <column name="m_aper" type="real" unit="mag" ucd="phot.mag" description="Aperture magnitude, like mag."/>
    <column name="m_aper_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Error of the aperture magnitude (from PS1_V5 on)."/>
    <column name="m_kron" type="real" unit="mag" ucd="phot.mag" description="Kron magnitude, like mag (from PS1_V4 on)."/>
    <column name="m_kron_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Error of the Kron magnitude (from PS1_V4 on)."/>
    <column name="mag_cal_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Systematic error of the magnitude's calibration."/>
    <column name="m_time" type="real" unit="mag" ucd="time.duration;obs.exposure" description="2.5 log10 of the exposure time in seconds."/>
    <column name="flux_psf" type="real" unit="s**-1" ucd="phot.flux" description="PSF flux in counts per second (from PS1_V4 on)."/>
    <column name="flux_psf_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_kron" type="real" unit="s**-1" ucd="phot.flux" description="Kron flux in counts per second (from PS1_V4 on)."/>
    <column name="flux_kron_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_ap" type="real" unit="s**-1" ucd="phot.flux" description="Aperture flux in counts per second (from PS1_V5 on)."/>
    <column name="flux_ap_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="airmass" type="real" ucd="obs.airMass" description="Airmass."/>
    <column name="az" type="real" unit="deg" ucd="pos.az.azi" description="Azimuth."/>
    <column name="x_ccd" type="real" unit="pixel" ucd="pos.cartesian.x;instr.det" description="Position on the detector."/>
    <column name="y_ccd" type="real" unit="pixel" ucd="pos.cartesian.y;instr.det" description="Position on the detector."/>
    <column name="x_ccd_err" type="real" unit="pixel" ucd="stat.error;pos.cartesian.x;instr.det" description="Error of x_ccd."/>
    <column name="y_ccd_err" type="real" unit="pixel" ucd="stat.error;pos.cartesian.y;instr.det" description="Error of y_ccd."/>
    <column name="pos_sys_err" type="real" unit="pixel" ucd="stat.error.sys;pos.cartesian;instr.det" description="Systematic error of the position (from PS1_V2 on)."/>
    <column name="x_fix" type="real" unit="pixel" ucd="pos.cartesian.x;instr.det" description="Corrected position (from PS1_V4 on)."/>
    <column name="y_fix" type="real" unit="pixel" ucd="pos.cartesian.y;instr.det" description="Corrected position (from PS1_V4 on)."/>
    <column name="x_off_kh" type="real" unit="pixel" ucd="pos.cartesian.x;arith.diff" description="Koppenhoefer correction (from PS1_V5 on)."/>
    <column name="y_off_kh" type="real" unit="pixel" ucd="pos.cartesian.y;arith.diff" description="Koppenhoefer correction (from PS1_V5 on)."/>
    <column name="x_off_dcr" type="real" unit="pixel" ucd="pos.cartesian.x;arith.diff" description="Correction for differential chromatic refraction (from PS1_V5 on)."/>
    <column name="y_off_dcr" type="real" unit="pixel" ucd="pos.cartesian.y;arith.diff" description="Correction for differential chromatic refraction (from PS1_V5 on)."/>
    <column name="x_off_cam" type="real" unit="pixel" ucd="pos.cartesian.x;arith.diff" description="Correction for the camera (from PS1_V5 on)."/>
    <column name="y_off_cam" type="real" unit="pixel" ucd="pos.cartesian.y;arith.diff" description="Correction for the camera (from PS1_V5 on)."/>
    <column name="sky_flux" type="real" unit="s**-1" ucd="phot.flux;instr.skyLevel" description="Sky level in counts per second, the file's own unit."/>
    <column name="sky_flux_err" type="real" unit="s**-1" ucd="stat.error;phot.flux;instr.skyLevel" description="Its error."/>
    <column name="time_unix" type="bigint" unit="s" ucd="time.epoch;obs.exposure" description="TIME of the file: seconds since 1970, UTC. What it is of the exposure (start, unless the settings say otherwise) is in dvo.datasources.time_point."><values nullLiteral="-1"/></column>
    <column name="time_msec" type="integer" unit="ms" ucd="time.epoch" description="Milliseconds beyond it."><values nullLiteral="-1"/></column>
    <column name="ave_ref" type="bigint" ucd="meta.record" description="The object's row in the region's .cpt file, from 0: dvo.averages.ave_row."><values nullLiteral="-1"/></column>
    <column name="det_id" type="bigint" ucd="meta.id;src" description="Number of the detection in its image."><values nullLiteral="-1"/></column>
    <column name="image_id" type="integer" ucd="meta.id;obs.image" description="Image: dvo.images.image_id; null where there is none of this number."><values nullLiteral="-1"/></column>
    <column name="obj_id" type="bigint" ucd="meta.id" description="Number of the object in the region where it was made."><values nullLiteral="-1"/></column>
    <column name="cat_id" type="bigint" ucd="meta.id" description="Region where the object was made."><values nullLiteral="-1"/></column>
    <column name="ext_id" type="bigint" ucd="meta.id" description="External identifier (PSPS detectID); null where there is none."><values nullLiteral="-1"/></column>
    <column name="photcode" type="integer" ucd="meta.id;instr.bandpass" description="Detector and filter: dvo.photcodes.code."><values nullLiteral="-1"/></column>
    <column name="psf_qf" type="real" ucd="meta.code.qual;stat.value" description="PSF quality factor: the part of the PSF on good pixels, 0 to 1; 0.85 is a usual limit."/>
    <column name="psf_qf_perfect" type="real" ucd="meta.code.qual;stat.value" description="The same with all mask bits counted (from PS1_V4 on)."/>
    <column name="psf_chisq" type="real" ucd="stat.fit.chi2" description="χ² of the PSF fit."/>
    <column name="psf_ndof" type="bigint" ucd="stat.fit.dof" description="Degrees of freedom of the PSF fit."><values nullLiteral="-1"/></column>
    <column name="psf_npix" type="bigint" ucd="meta.number;instr.pixel" description="Pixels of the PSF fit."><values nullLiteral="-1"/></column>
    <column name="cr_nsigma" type="real" ucd="stat.value" description="How much sharper than the PSF, in standard deviations: cosmic rays (until PS1_V4)."/>
    <column name="ext_nsigma" type="real" ucd="stat.value" description="How much wider than the PSF, in standard deviations."/>
    <column name="fwhm_major" type="real" unit="pixel" ucd="phys.angSize;instr.det.psf" description="Width of the PSF at half maximum, major axis."/>
    <column name="fwhm_minor" type="real" unit="pixel" ucd="phys.angSize;instr.det.psf" description="Width of the PSF at half maximum, minor axis."/>
    <column name="psf_theta" type="real" unit="deg" ucd="pos.posAng;instr.det.psf" description="Position angle of the PSF's major axis."/>
    <column name="mxx" type="real" unit="pixel**2" ucd="phys.size;instr.det" description="Second moment."/>
    <column name="mxy" type="real" unit="pixel**2" ucd="phys.size;instr.det" description="Second moment."/>
    <column name="myy" type="real" unit="pixel**2" ucd="phys.size;instr.det" description="Second moment."/>
    <column name="posangle" type="real" unit="deg" ucd="pos.posAng" description="Position angle of the detector."/>
    <column name="pltscale" type="real" unit="arcsec/pixel" ucd="instr.scale" description="Plate scale."/>
    <column name="db_flags" type="bigint" ucd="meta.code.qual" description="Flags set by calibration; dvo.flags names the bits."><values nullLiteral="-1"/></column>
    <column name="phot_flags" type="bigint" ucd="meta.code.qual" description="Flags set by photometry; dvo.flags names the bits."><values nullLiteral="-1"/></column>
    <column name="phot_flags2" type="bigint" ucd="meta.code.qual" description="Further flags set by photometry (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <foreignKey source="object_id" inTable="averages" dest="object_id" metaOnly="True"/>
    <foreignKey source="image_id" inTable="images" dest="image_id" metaOnly="True"/>
    <foreignKey source="photosys_id" inTable="photosys" dest="id" metaOnly="True"/>
    <index columns="object_id" metaOnly="True"/>
    <index columns="image_id" metaOnly="True"/>
    <FEED source="view" base="dvo_db.measurements"/>
  </table>

  <table id="secfilt" onDisk="True" adql="True" primary="object_id,photcode">
    <meta name="description">Mean magnitudes (.cps files): one row an object and filter. The filter of a row is that of its slot: the s-th row
      of an object belongs to the s-th photcode of type 2 in the order of Photcodes.dat.</meta>
    <FEED source="object"/>
    <column name="photcode" type="integer" required="True" ucd="meta.id;instr.bandpass" description="Photcode of type 2 of its slot: dvo.photcodes.code."/>
    <column name="filter" type="text" required="True" ucd="instr.bandpass;meta.main" description="Name of that photcode."/>
    <column name="mag" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean magnitude; null where not measured."/>
    <column name="mag_err" type="real" unit="mag" ucd="stat.error;phot.mag;stat.mean" description="Error of the mean."/>
    <column name="mag_chi" type="real" ucd="stat.fit.chi2;phot.mag" description="χ² of the mean, as the file has it (whether by its logarithm in files of 2009 is not documented); null where unset."/>
    <column name="flags" type="bigint" ucd="meta.code.qual" description="Flags of the mean; dvo.flags names the bits (from PS1_V2 on)."><values nullLiteral="-1"/></column>
    <column name="ncode" type="integer" ucd="meta.number" description="Measurements in this filter."><values nullLiteral="-1"/></column>
    <column name="nused" type="integer" ucd="meta.number" description="Measurements that the mean is of."><values nullLiteral="-1"/></column>
    <column name="mag_20" type="real" unit="mag" ucd="phot.mag;stat.value" description="20th percentile of the magnitudes (later: the brightest)."/>
    <column name="mag_80" type="real" unit="mag" ucd="phot.mag;stat.value" description="80th percentile of the magnitudes (later: the faintest)."/>
    <column name="mag_min" type="real" unit="mag" ucd="phot.mag;stat.min" description="Brightest (from PS1_V5 on)."/>
    <column name="mag_max" type="real" unit="mag" ucd="phot.mag;stat.max" description="Faintest (from PS1_V5 on)."/>
    <column name="mag_stdev" type="real" unit="mag" ucd="stat.stdev;phot.mag" description="Standard deviation of the magnitudes (from PS1_V3 on)."/>
    <column name="ubercal_dist" type="integer" ucd="meta.code.qual" description="Steps to the nearest image with an absolute calibration (from PS1_V3 on)."><values nullLiteral="-1"/></column>
    <column name="mag_ap" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean aperture magnitude (from PS1_V3 on)."/>
    <column name="mag_ap_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Its error (from PS1_V5 on)."/>
    <column name="mag_ap_stdev" type="real" unit="mag" ucd="stat.stdev;phot.mag" description="Standard deviation of aperture magnitudes (from PS1_V5 on)."/>
    <column name="mag_kron" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean Kron magnitude (from PS1_V4 on)."/>
    <column name="mag_kron_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Its error (from PS1_V4 on)."/>
    <column name="mag_kron_stdev" type="real" unit="mag" ucd="stat.stdev;phot.mag" description="Standard deviation of Kron magnitudes (from PS1_V5 on)."/>
    <column name="nused_kron" type="integer" ucd="meta.number" description="Kron magnitudes used (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="nused_ap" type="integer" ucd="meta.number" description="Aperture magnitudes used (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="psf_qf_max" type="real" ucd="meta.code.qual;stat.max" description="Largest PSF quality factor (from PS1_V5 on)."/>
    <column name="psf_qf_perf_max" type="real" ucd="meta.code.qual;stat.max" description="The same with all mask bits counted (from PS1_V5 on)."/>
    <column name="flux_psf" type="real" unit="s**-1" ucd="phot.flux;stat.mean" description="Mean PSF flux (PS1_V4)."/>
    <column name="flux_psf_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_kron" type="real" unit="s**-1" ucd="phot.flux;stat.mean" description="Mean Kron flux (PS1_V4)."/>
    <column name="flux_kron_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="mag_psf_stk" type="real" unit="mag" ucd="phot.mag" description="PSF magnitude on the stack (from PS1_V5 on)."/>
    <column name="flux_psf_stk" type="real" unit="s**-1" ucd="phot.flux" description="PSF flux on the stack."/>
    <column name="flux_psf_stk_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="mag_kron_stk" type="real" unit="mag" ucd="phot.mag" description="Kron magnitude on the stack."/>
    <column name="flux_kron_stk" type="real" unit="s**-1" ucd="phot.flux" description="Kron flux on the stack."/>
    <column name="flux_kron_stk_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="mag_ap_stk" type="real" unit="mag" ucd="phot.mag" description="Aperture magnitude on the stack."/>
    <column name="flux_ap_stk" type="real" unit="s**-1" ucd="phot.flux" description="Aperture flux on the stack."/>
    <column name="flux_ap_stk_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="nstack" type="integer" ucd="meta.number" description="Stacks that cover the object (from PS1_V5 on)."><values nullLiteral="-1"/></column>
    <column name="nstack_det" type="integer" ucd="meta.number" description="Stacks that it is detected on."><values nullLiteral="-1"/></column>
    <column name="stack_primary_off" type="bigint" ucd="meta.id" description="Row of its detection on the primary stack (from PS1_V4 on)."><values nullLiteral="-1"/></column>
    <column name="stack_best_off" type="bigint" ucd="meta.id" description="Row of its best detection on a stack."><values nullLiteral="-1"/></column>
    <column name="mag_psf_wrp" type="real" unit="mag" ucd="phot.mag" description="PSF magnitude on the warps (from PS1_V5 on)."/>
    <column name="flux_psf_wrp" type="real" unit="s**-1" ucd="phot.flux" description="PSF flux on the warps."/>
    <column name="flux_psf_wrp_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_psf_wrp_std" type="real" unit="s**-1" ucd="stat.stdev;phot.flux" description="Its scatter."/>
    <column name="mag_kron_wrp" type="real" unit="mag" ucd="phot.mag" description="Kron magnitude on the warps."/>
    <column name="flux_kron_wrp" type="real" unit="s**-1" ucd="phot.flux" description="Kron flux on the warps."/>
    <column name="flux_kron_wrp_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_kron_wrp_std" type="real" unit="s**-1" ucd="stat.stdev;phot.flux" description="Its scatter."/>
    <column name="mag_ap_wrp" type="real" unit="mag" ucd="phot.mag" description="Aperture magnitude on the warps."/>
    <column name="flux_ap_wrp" type="real" unit="s**-1" ucd="phot.flux" description="Aperture flux on the warps."/>
    <column name="flux_ap_wrp_err" type="real" unit="s**-1" ucd="stat.error;phot.flux" description="Its error."/>
    <column name="flux_ap_wrp_std" type="real" unit="s**-1" ucd="stat.stdev;phot.flux" description="Its scatter."/>
    <column name="nused_wrp" type="integer" ucd="meta.number" description="PSF measurements on warps used."><values nullLiteral="-1"/></column>
    <column name="nused_kron_wrp" type="integer" ucd="meta.number" description="Kron measurements on warps used."><values nullLiteral="-1"/></column>
    <column name="nused_ap_wrp" type="integer" ucd="meta.number" description="Aperture measurements on warps used."><values nullLiteral="-1"/></column>
    <column name="nwarp" type="integer" ucd="meta.number" description="Warps that cover the object."><values nullLiteral="-1"/></column>
    <column name="nwarp_good" type="integer" ucd="meta.number" description="Warps with a PSF quality factor above 0.85."><values nullLiteral="-1"/></column>
    <foreignKey source="object_id" inTable="averages" dest="object_id" metaOnly="True"/>
    <index columns="object_id" metaOnly="True"/>
    <FEED source="view" base="(SELECT s.*, p.name AS filter FROM dvo_db.secfilt s JOIN (SELECT code, name FROM dvo_db.photcodes WHERE type = 2) p ON p.code = s.photcode) q"/>
  </table>

  <table id="missing" onDisk="True" adql="True">
    <meta name="description">Non-detections (.cpn files): exposures that covered an object without detecting it.</meta>
    <FEED source="object"/>
    <column name="time_unix" type="bigint" required="True" ucd="time.epoch;obs.exposure" unit="s" description="TIME of the file: seconds since 1970, UTC."/>
    <column name="mjd" type="double precision" required="True" unit="d" ucd="time.epoch" description="The same as a Modified Julian Date, UTC."/>
    <foreignKey source="object_id" inTable="averages" dest="object_id" metaOnly="True"/>
    <index columns="object_id" metaOnly="True"/>
    <FEED source="view" base="dvo_db.missing"/>
  </table>

  <table id="photometry" onDisk="True" adql="True" primary="id">
    <meta name="description">The light curves for people: object, passband, both times, magnitude and flags in one flat table. Empty where the
      database is attached and not loaded.</meta>
    <FEED source="streams#id" type="bigint" what="point: dvo.measurements.id"/>
    <FEED source="object"/>
    <column name="object_name" type="text" required="True" ucd="meta.id;src" description="Name of the object."/>
    <column name="band" type="text" required="True" ucd="instr.bandpass" description="Passband: dvo.photosys.band."/>
    <FEED source="streams#times"/>
    <column name="mag" type="real" unit="mag" ucd="phot.mag;meta.main" description="Calibrated magnitude (mag_cal of dvo.measurements); the relative one (mag_rel) where the photcode has no equivalent."/>
    <column name="mag_err" type="real" unit="mag" ucd="stat.error;phot.mag" description="Uncertainty of the magnitude."/>
    <column name="flags" type="integer" required="True" ucd="meta.code.qual" tablehead="Flags" verbLevel="1"
      description="What is known against the point; 0 is good. 1: photometry bad; 2: photometry poor; 4: astrometry bad; 8: astrometry poor; 16: exposure and airmass look exchanged; 256: no uncertainty; 512: no barycentric time; 1024: no UTC; 2048: no magnitude."/>
    <foreignKey source="object_id" inTable="averages" dest="object_id" metaOnly="True"/>
    <index columns="object_id" metaOnly="True"/>
    <FEED source="view" base="(SELECT b.id, b.object_id, 'DVO ' || b.object_id::text AS object_name, p.band::text, obs_time, obs_time_utc, mag, mag_err, flags FROM dvo_db.points b JOIN dvo_db.photosys p ON p.id = b.photosys_id) q"/>
  </table>

  <data id="create">
    <nullGrammar/>
    <LOOP listItems="photosys photcodes datasources skytable images flags averages measurements secfilt missing photometry">
      <events><make table="\item"/></events>
    </LOOP>
  </data>

  <!-- of the sample database -->
  <regSuite title="Tables of the sample">
    <regTest title="The photcode of the documentation is there">
      <url LANG="ADQL" QUERY="SELECT name, c_lam, k FROM dvo.photcodes WHERE code = 204">/tap/sync</url>
      <code>
        row, = self.getVOTableRows()
        self.assertEqual((row["name"], row["c_lam"], round(row["k"], 6)), ("MEGACAM.g.04", 26460, -0.15))
      </code>
    </regTest>
  </regSuite>
</resource>
