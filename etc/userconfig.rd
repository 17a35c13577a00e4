<resource schema="dc" resdir=".">
  <meta name="title">Settings of this data centre</meta>

  <!-- DaCHS' own records of the registry, and the organisation that they name as publisher and owner -->
  <STREAM id="registry-interfacerecords">
    <FEED source="//userconfig#registry-interfacerecords">
      <EDIT ref="resRec[authority]">
        <meta name="managingOrg.ivo-id">ivo://@AUTHORITY@/org</meta>
      </EDIT>
    </FEED>
    <resRec id="org">
      <meta name="resType">organization</meta>
      <meta name="creationDate">\\metaString{authority.creationDate}</meta>
      <meta name="title">\\metaString{organization.title}</meta>
      <meta name="shortName">\\metaString{authority.shortName}</meta>
      <meta name="subject">photometry</meta>
      <meta name="description">\\metaString{organization.description}</meta>
      <meta name="referenceURL">\\metaString{organization.referenceURL}</meta>
      <meta name="identifier">ivo://@AUTHORITY@/org</meta>
      <meta name="sets">ivo_managed</meta>
    </resRec>
  </STREAM>

  <STREAM id="obscore-registration">
    <meta name="productTypeServed">light-curve</meta>
    <meta name="productTypeServed">image</meta>
    <register/>
  </STREAM>

  <!-- The queries that the database's users ask most, as examples at /tap/examples; the tests run each of them
    against the same question in SQL. -->
  <STREAM id="tapexamples">
    <meta name="_example" title="Light curve of a star by its name">
      The points of every star whose SIMBAD name begins with TYC 4568-4 in :taptable:`kolonica.lightcurves`, with Julian
      dates (UTC). ILIKE does not look at the case of letters.

      .. tapquery::

        SELECT l.jd, l.magnitude, l.mag_err, p.band
        FROM kolonica.lightcurves AS l
        JOIN kolonica.objects AS o ON l.object_id = o.id
        JOIN kolonica.photosys AS p ON l.photosys_id = p.id
        WHERE o.simbad_name ILIKE 'TYC 4568-4%'
        ORDER BY l.jd, l.id
    </meta>
    <meta name="_example" title="The same light curve with UTC">
      Times as calendar dates in UTC.

      .. tapquery::

        SELECT l.dateobs, l.magnitude, l.mag_err, p.band
        FROM kolonica.lightcurves AS l
        JOIN kolonica.objects AS o ON l.object_id = o.id
        JOIN kolonica.photosys AS p ON l.photosys_id = p.id
        WHERE o.simbad_name ILIKE 'TYC 4568-4%'
        ORDER BY l.dateobs, l.id
    </meta>
    <meta name="_example" title="Light curve by any name, with barycentric times">
      :taptable:`kolonica.photometry` is the flat table for people, :taptable:`kolonica.object_names` has every name of
      every object.

      .. tapquery::

        SELECT ph.obs_time, ph.mag, ph.mag_err, ph.band, ph.flags
        FROM kolonica.photometry AS ph
        JOIN kolonica.object_names AS n ON n.object_id = ph.object_id
        WHERE n.name = 'V* SS Cyg'
        ORDER BY ph.obs_time, ph.id
    </meta>
    <meta name="_example" title="Points measured with a comparison star">
      How many points were measured with Gaia's source 1701925222477693952 as a comparison star.
      gavo_array_has uses an index.

      .. tapquery::

        SELECT COUNT(lightcurve_id) AS points
        FROM kolonica.metadata_lc_json
        WHERE 1 = gavo_array_has(comp_stars, 1701925222477693952)
    </meta>
    <meta name="_example" title="Objects around SS Cyg">
      Everything within 0.1 degrees, nearest first; dist is in degrees.

      .. tapquery::

        SELECT gaia_name, simbad_name, DISTANCE(POINT(ra, dec), POINT(325.679, 43.5862)) AS dist
        FROM kolonica.objects
        WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(325.679, 43.5862, 0.1))
        ORDER BY dist
    </meta>
    <meta name="_example" title="The FITS header of an observation">
      Headers are JSON objects in :taptable:`kolonica.metadata_obs_json`.

      .. tapquery::

        SELECT data FROM kolonica.metadata_obs_json WHERE observation_id = 1
    </meta>
    <meta name="_example" title="An observation">
      One image with its exposure, field of view and position.

      .. tapquery::

        SELECT TOP 1 * FROM kolonica.observations ORDER BY id
    </meta>
    <meta name="_example" title="An object's position by its VSX name">
      The case of letters does not matter.

      .. tapquery::

        SELECT ra, dec, simbad_name, vsx_name FROM kolonica.objects WHERE vsx_name ILIKE 'ss cyg'
    </meta>
    <meta name="_example" title="DVO: detections with bad astrometry">
      Which bits of phot_flags make a detection bad, its photcode says. (The column astrom_bad has the outcome.)

      .. tapquery::

        SELECT TOP 1000 m.object_id, m.id, m.phot_flags, p.name
        FROM dvo.measurements AS m
        JOIN dvo.photcodes AS p ON p.code = m.photcode
        WHERE BITWISE_AND(m.phot_flags, p.astrom_bad_mask) &gt; 0
    </meta>
    <meta name="_example" title="DVO: what the bits are called">
      The flags of the detections of an object, bit by bit; :taptable:`dvo.flags` names the bits of every table.

      .. tapquery::

        SELECT m.id, m.phot_flags, f.name, f.meaning
        FROM dvo.measurements AS m
        JOIN dvo.flags AS f ON BITWISE_AND(m.phot_flags, f.mask) &gt; 0
        WHERE f.table_name = 'measurements' AND f.column_name = 'phot_flags' AND m.object_id = 2330000000005
        ORDER BY m.id, f.bit_number
    </meta>
    <meta name="_example" title="DVO: all measurements of an object">
      Every detection of an object with its Julian date (UTC) and its magnitudes, instrumental and calibrated; photcode 204
      is the filter g on the fifth chip of MegaCam.

      .. tapquery::

        SELECT m.time_unix, m.mjd + 2400000.5 AS jd, p.name, m.mag_inst, m.mag_cal, m.mag_err, m.photom_bad, i.name AS image
        FROM dvo.measurements AS m
        JOIN dvo.photcodes AS p ON p.code = m.photcode
        LEFT JOIN dvo.images AS i ON i.image_id = m.image_id
        WHERE m.object_id = 2330000000005
        ORDER BY m.time_unix
    </meta>
    <meta name="_example" title="DVO: the region of a position">
      Which region's files have what is at RA 325.679, Dec 43.5862.

      .. tapquery::

        SELECT index, name, r_min, r_max, d_min, d_max
        FROM dvo.skytable
        WHERE has_catalog = 1 AND 325.679 BETWEEN r_min AND r_max AND 43.5862 BETWEEN d_min AND d_max
    </meta>
    <meta name="_example" title="DVO: objects with mean magnitudes by filter">
      :taptable:`dvo.averages` and :taptable:`dvo.secfilt`, a row an object and filter; :taptable:`dvo.objects` has the usual
      filters side by side.

      .. tapquery::

        SELECT a.object_id, a.ra, a.dec, s.filter, s.mag, s.mag_err, s.nused
        FROM dvo.averages AS a
        JOIN dvo.secfilt AS s ON s.object_id = a.object_id
        WHERE 1 = CONTAINS(POINT(a.ra, a.dec), CIRCLE(326.15, 43.3, 0.1)) AND s.mag IS NOT NULL
        ORDER BY a.object_id, s.filter
    </meta>
    <meta name="_example" title="Light curves of one star in both collections">
      Stars that have light curves in both collections, by their places.

      .. tapquery::

        SELECT k.ssa_targname AS name, k.band AS kolonica_band, d.band AS dvo_band, k.accref AS kolonica, d.accref AS dvo
        FROM kolonica.ts_ssa AS k
        JOIN dvo.ts_ssa AS d ON 1 = CONTAINS(POINT(d.ra, d.dec), CIRCLE(k.ra, k.dec, 0.0005))
    </meta>
  </STREAM>
</resource>
