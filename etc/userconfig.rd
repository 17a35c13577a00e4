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
  </STREAM>
</resource>
