<resource schema="photvo" resdir=".">
  <meta name="title">What the collections share</meta>
  <meta name="description">STREAMs that every collection's descriptors use, so that what is published twice is written once.</meta>
  <meta name="creationDate">2026-11-21T00:00:00Z</meta>
  <meta name="subject">light-curves</meta>

  <STREAM id="registry">
    <doc>What every record of a collection says to the registry. The collection's people and its own
      description stay in its descriptors.</doc>
    <meta name="creationDate">2026-11-21T00:00:00Z</meta>
    <meta name="subject">light-curves</meta>
    <meta name="subject">variable-stars</meta>
    <meta name="subject">ccd-photometry</meta>
    <meta name="contentLevel">Research</meta>
    <meta name="contentLevel">Amateur</meta>
    <meta name="type">Archive</meta>
    <meta name="coverage.waveband">Optical</meta>
  </STREAM>

  <STREAM id="id">
    <DEFAULTS name="id" type="integer" what="row"/>
    <column name="\name" type="\type" required="True" ucd="meta.id;meta.main" tablehead="Id"
      description="Identifier of the \what in this archive." verbLevel="1"/>
  </STREAM>

  <STREAM id="reference">
    <doc>A foreign key. Bind name, target (qualified table), and what. Nullable.</doc>
    <DEFAULTS type="integer" dest="id"/>
    <column name="\name" type="\type" ucd="meta.id" description="The \what: \target.\dest.">
      <values nullLiteral="-1"/>
    </column>
  </STREAM>

  <STREAM id="position">
    <doc>Position columns; the index belongs to the base table.</doc>
    <DEFAULTS what="object"/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" displayHint="sf=6"
      tablehead="RA" description="Right ascension of the \what, ICRS." verbLevel="1"/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" displayHint="sf=6"
      tablehead="Dec" description="Declination of the \what, ICRS." verbLevel="1"/>
    <column name="coordequ" type="spoint" unit="deg" ucd="pos.eq" tablehead="Position" verbLevel="25"
      description="The same position as a DALI point; has a spatial index."/>
    <index columns="ra,dec" kind="spoint" metaOnly="True"/>
    <index columns="coordequ" metaOnly="True"/>
    <stc>Position ICRS "ra" "dec"</stc>
  </STREAM>

  <STREAM id="dateobs">
    <doc>A time of observation, UTC.</doc>
    <column name="dateobs" type="timestamp" ucd="time.epoch;obs" tablehead="Date (UTC)"
      verbLevel="1" description="\what"/>
  </STREAM>

  <STREAM id="times">
    <doc>The two times of a point.</doc>
    <column name="obs_time" type="double precision" unit="d" ucd="time.epoch;meta.main" displayHint="sf=6"
      tablehead="MJD (TDB)" verbLevel="1"
      description="Middle of the exposure at the solar system's barycentre: MJD in TDB. Null where the source's times do not allow it."/>
    <column name="obs_time_utc" type="double precision" unit="d" ucd="time.epoch" displayHint="sf=6"
      tablehead="MJD (UTC)" verbLevel="1"
      description="Middle of the exposure at the telescope: MJD in UTC. Null where the source's times do not allow it."/>
    <!-- TIMESYS of what TAP answers -->
    <dm>(votable:Coords) {time: {frame: {timescale: TDB refPosition: BARYCENTER time0: 2400000.5} location: @obs_time}}</dm>
    <dm>(votable:Coords) {time: {frame: {timescale: UTC refPosition: TOPOCENTER time0: 2400000.5} location: @obs_time_utc}}</dm>
  </STREAM>

  <STREAM id="links">
    <doc>What SIA, SSA, TAP and ObsCore say of a table's rows: where their links are. Bind service and column.</doc>
    <meta name="_associatedDatalinkService">
      <meta name="serviceId">\service</meta>
      <meta name="idColumn">\column</meta>
    </meta>
  </STREAM>

  <STREAM id="flags">
    <column name="flags" type="integer" required="True" ucd="meta.code.qual" tablehead="Flags" verbLevel="1"
      description="What is known against the point; 0 is good. Bits 0 to 7: the source's own quality code; 256: no uncertainty; 512: no barycentric time; 1024: no UTC; 2048: no magnitude, only a differential one; 4096: an upper limit, the star was fainter; 8192: no magnitude, only a flux."/>
  </STREAM>

  <STREAM id="series">
    <doc>A summary table: one row a light curve. SSA and ObsCore are views of it. Bind base (schema of the base tables),
      collection (as in publisher DIDs) and label (its name for people).</doc>
    <DEFAULTS object_type="integer"/>
    <column name="object_id" type="\object_type" required="True" ucd="meta.id" description="The object."/>
    <column name="photosys_id" type="integer" required="True" ucd="meta.id;instr.bandpass" description="The photometric system."/>
    <column name="band" type="text" required="True" ucd="instr.bandpass" description="Short name of the passband."/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" description="Right ascension of the object, ICRS."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" description="Declination of the object, ICRS."/>
    <column name="ssa_location" type="spoint" unit="deg" ucd="pos.eq" utype="ssa:Char.SpatialAxis.Coverage.Location.Value" description="Position of the object, ICRS."/>
    <column name="npoints" type="integer" required="True" ucd="meta.number;obs" description="Number of points."/>
    <column name="t_min" type="double precision" unit="d" ucd="time.start;obs.exposure" description="Start of the first exposure, MJD in UTC."/>
    <column name="t_max" type="double precision" unit="d" ucd="time.end;obs.exposure" description="End of the last exposure, MJD in UTC."/>
    <column name="exptime" type="double precision" unit="s" ucd="time.duration;obs.exposure" description="Sum of the exposures."/>
    <column name="t_resolution" type="real" unit="s" ucd="time.resolution" description="Median exposure: what happens in a shorter time is not resolved."/>
    <column name="mag_mean" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean magnitude of all points but upper limits, good or not; series_stats has that of the good ones."/>
    <column name="mag_min" type="real" unit="mag" ucd="phot.mag;stat.min" description="Magnitude at brightest, likewise."/>
    <column name="mag_max" type="real" unit="mag" ucd="phot.mag;stat.max" description="Magnitude at faintest, likewise."/>
    <column name="period" type="double precision" unit="d" ucd="time.period;src.var" description="Published period."/>
    <column name="em_min" type="double precision" unit="m" ucd="em.wl;stat.min" description="Short end of the passband."/>
    <column name="em_max" type="double precision" unit="m" ucd="em.wl;stat.max" description="Long end of the passband."/>
    <column name="filter_id" type="text" ucd="meta.id;instr.filter" description="Passband in the SVO Filter Profile Service."/>
    <column name="facility" type="text" ucd="meta.id;instr.obsty" description="Observatories that the points are from, as far as their data sources say."/>
    <column name="instrument" type="text" ucd="meta.id;instr.tel" description="Telescopes that the points are from, as far as their data sources say."/>
    <column name="mag_ucd" type="text" ucd="meta.ucd" description="UCD of the magnitudes, or of the fluxes where there are no magnitudes."/>
    <column name="flux_unit" type="text" ucd="meta.unit" description="Unit of the fluxes in the syntax of VOUnit, empty for relative ones; null where there are none."/>
    <column name="ssa_targname" type="text" required="True" ucd="meta.id;src" utype="ssa:Target.Name" description="Main name of the object."/>
    <column name="ssa_targclass" type="text" ucd="src.class" utype="ssa:Target.Class" description="Class of the object; null where its catalogue gives none."/>
    <column name="did" type="text" ucd="meta.ref.ivoid" description="Publisher DID of the light curve."/>
    <column name="title" type="text" ucd="meta.title" description="Title of the light curve."/>
    <column name="collection" type="text" ucd="meta.id" description="Name of the collection."/>
    <column name="revision" type="timestamp" ucd="time;meta.dataset" description="When the light curve last changed."/>
    <column name="accref" type="text" ucd="meta.ref.url;meta.dataset" displayHint="type=product" description="Where the light curve is."/>
    <column name="mime" type="text" ucd="meta.code.mime" description="Media type of the light curve."/>
    <column name="accsize" type="bigint" unit="byte" description="Size of the light curve in the form that the access URL gives; null while it changes."><values nullLiteral="-1"/></column>
    <column name="preview" type="text" ucd="meta.ref.url;meta.preview" displayHint="type=product" description="Where a picture of the light curve is."/>
    <column name="owner" type="text" description="Empty: all light curves here are public." verbLevel="40"/>
    <column name="embargo" type="timestamp" description="Empty: all light curves here are public." verbLevel="40"/>
    <viewStatement>
      CREATE VIEW \\curtable AS (SELECT \\colNames FROM (SELECT
          s.object_id, s.photosys_id, s.band::text, s.ra, s.dec, s.coordequ AS ssa_location, s.npoints, s.t_min, s.t_max,
          s.exptime, x.exptime_median AS t_resolution, s.mag_mean, s.mag_min, s.mag_max, v.period, p.wavelength_min AS em_min, p.wavelength_max AS em_max,
          p.filter_id::text, s.flux_unit::text, s.name::text AS ssa_targname, o.class::text AS ssa_targclass, x.size AS accsize,
          s.observatories AS facility, s.telescopes AS instrument,
          CASE WHEN s.mag_mean IS NULL AND s.flux_unit IS NOT NULL THEN 'phot.flux' ELSE 'phot.mag' END || CASE WHEN s.band ~ '^[UBVRIugrizy](_|$)' THEN ';em.opt.' || translate(left(s.band, 1), 'ugrizy', 'UBRIII')
            WHEN s.band ~ '^[JHK](_|$)' THEN ';em.IR.' || left(s.band, 1) ELSE ';em.opt' END AS mag_ucd,
          'ivo://\\getConfig{ivoa}{authority}/~?\collection/lightcurves/' || s.object_id || '/' || s.band AS did,
          'Light curve of ' || s.name || ' in ' || s.band AS title, '\label' AS collection,
          '\\getConfig{web}{serverURL}/\collection/lightcurves/sdl/dlget?ID=ivo://\\getConfig{ivoa}{authority}/~?\collection/lightcurves/'
            || s.object_id || '/' || s.band AS accref,
          '\\getConfig{web}{serverURL}/\collection/lightcurves/sdl/dlget?ID=ivo://\\getConfig{ivoa}{authority}/~?\collection/lightcurves/'
            || s.object_id || '/' || s.band || '&amp;RESPONSEFORMAT=png' AS preview,
          'application/x-votable+xml' AS mime, NULL::text AS owner, NULL::timestamp AS embargo,
          s.revision AT TIME ZONE 'UTC' AS revision
        FROM \base.series s
        JOIN \base.objects o ON o.id = s.object_id
        JOIN \base.photosys p ON p.id = s.photosys_id
        LEFT JOIN \base.variability v ON v.object_id = s.object_id
        LEFT JOIN \base.series_stats x ON x.object_id = s.object_id AND x.photosys_id = s.photosys_id AND x.revision = s.revision) q)
    </viewStatement>
  </STREAM>

  <STREAM id="ssa-view">
    <doc>SSA's view of the table series, and its rows in ObsCore.</doc>
    <FEED source="links" service="sdl" column="ssa_pubDID"/>
    <mixin
      sourcetable="series"
      copiedcolumns="object_id,photosys_id,band,ra,dec,ssa_location,npoints,t_min,t_max,exptime,t_resolution,mag_mean,mag_min,mag_max,period,em_min,em_max,filter_id,flux_unit,facility,instrument,ssa_targname,ssa_targclass,accref,mime,accsize,preview,owner,embargo"
      refposition="TOPOCENTER" timescale="UTC"
      ssa_aperture="2/3600."
      ssa_bandpass="band"
      ssa_collection="collection"
      ssa_dateObs="(t_min+t_max)/2"
      ssa_timeExt="(t_max-t_min)*86400"
      ssa_dstitle="title"
      ssa_dstype="'timeseries'"
      ssa_fluxcalib="CASE WHEN mag_mean IS NULL AND flux_unit = '' THEN 'RELATIVE' ELSE 'ABSOLUTE' END"
      ssa_fluxucd="mag_ucd"
      ssa_fluxunit="CASE WHEN mag_mean IS NULL AND flux_unit IS NOT NULL THEN flux_unit ELSE 'mag' END"
      ssa_length="npoints"
      ssa_instrument="instrument"
      ssa_pubDID="did"
      ssa_cdate="revision"
      ssa_pdate="revision"
      ssa_specstart="em_min" ssa_specend="em_max"
      ssa_specmid="(em_min+em_max)/2" ssa_specext="em_max-em_min"
      ssa_spectralunit="'m'" ssa_spectralucd="'em.wl'"
    >//ssap#view</mixin>
    <!-- DaCHS leaves these columns without UCD or unit -->
    <LOOP>
      <csvItems>
        key,               ucd,                      unit
        owner,             meta.curation,
        embargo,           time.release,
        accsize,           phys.size;meta.file,      byte
        ssa_pdate,         time;meta.curation,
        ssa_targetpos,     pos.eq;src,               deg
        ssa_length,        meta.number;obs,
        ssa_model,         meta.code.class,
        ssa_csysName,      meta.id;pos.frame,
        ssa_timeSI,        meta.unit,
        ssa_spectralSI,    meta.unit,
        ssa_fluxSI,        meta.unit,
        ssa_dstype,        meta.code.class,
        ssa_creator,       meta.curation,
        ssa_collection,    meta.id,
        ssa_datasource,    meta.code.class,
        ssa_creationtype,  meta.code.class,
        ssa_fluxcalib,     meta.code.qual,
        ssa_fluxStatError, stat.error;phot.mag,      mag
        ssa_fluxSysError,  stat.error.sys;phot.mag,  mag
      </csvItems>
      <events><column original="\key" ucd="\ucd" unit="\unit"/></events>
    </LOOP>
    <mixin
      s_ra="ra" s_dec="dec" t_min="t_min" t_max="t_max" t_exptime="exptime" t_resolution="t_resolution" t_xel="npoints"
      em_min="em_min" em_max="em_max" facility_name="facility" access_estsize="(accsize+1023)/1024"
      dataproduct_subtype="'lightcurve'" calib_level="2" obs_id="ssa_collection || '/' || object_id"
      o_ucd="ssa_fluxucd" em_ucd="'em.wl'" em_xel="1" em_res_power="NULL" s_xel1="NULL" s_xel2="NULL" s_resolution="NULL"
      preview="preview"
    >//obscore#publishSSAPMIXC</mixin>
    <index columns="ra,dec" kind="spoint" metaOnly="True"/>
  </STREAM>

  <STREAM id="series-stats">
    <doc>How light curves behave, one row a light curve: a view of the base table series_stats. Bind base (schema of the base
      tables) and collection (as in publisher DIDs). archive/statistics.py and archive/periods.py compute it.</doc>
    <DEFAULTS object_type="integer" objects="objects.id"/>
    <meta name="description">How light curves behave: statistics of their magnitudes and times, one row a light curve, for finding
      variable stars by what they do. Statistics of magnitudes are of the good points alone: those without a quality code of
      their data source (bits 0 to 7 of flags), with a magnitude (2048, 8192), and that are no upper limits (4096). A light curve that
      has just changed is missing until its statistics are computed. Which statistics tell variable stars from constant
      ones is compared in Sokolovsky et al. 2017, MNRAS 464, 274.</meta>
    <FEED source="links" service="sdl" column="obs_publisher_did"/>
    <column name="object_id" type="\object_type" required="True" ucd="meta.id;meta.main" description="The object: \collection.\objects." verbLevel="1"/>
    <column name="band" type="text" required="True" ucd="instr.bandpass" description="Passband: \collection.photosys.band." verbLevel="1"/>
    <column name="obs_publisher_did" type="text" required="True" ucd="meta.ref.ivoid" utype="obscore:curation.publisherdid"
      description="Publisher DID of the light curve, as in ivoa.obscore and in ssa_pubDID of \collection.ts_ssa." verbLevel="1"/>
    <column name="object_name" type="text" required="True" ucd="meta.id;src" description="Main name of the object." verbLevel="1"/>
    <column name="npoints" type="integer" required="True" ucd="meta.number;obs" description="Number of good points, n." verbLevel="1"/>
    <column name="mag_mean" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Arithmetic mean of the magnitudes." verbLevel="1"/>
    <column name="mag_median" type="real" unit="mag" ucd="phot.mag;stat.median" description="Median of the magnitudes."/>
    <column name="mag_wmean" type="real" unit="mag" ucd="phot.mag;stat.mean" description="Mean of the magnitudes weighted with 1/mag_err², of the points that have an uncertainty."/>
    <column name="amplitude" type="real" unit="mag" ucd="src.var.amplitude;phot.mag" description="Faintest less brightest magnitude; two points are needed." verbLevel="1"/>
    <column name="amplitude_robust" type="real" unit="mag" ucd="src.var.amplitude;phot.mag" description="95th less 5th percentile of the magnitudes (linear between neighbours): the trimmed range of Gaia DR3, Eyer et al. 2023, A&amp;A 674, A13."/>
    <column name="mag_std" type="real" unit="mag" ucd="stat.stdev;phot.mag" description="Standard deviation of the magnitudes: square root of Σ(m-mean)²/(n-1)."/>
    <column name="chi2_reduced" type="double precision" ucd="stat.fit.chi2" description="χ² per degree of freedom for a constant star: Σ((m-mag_wmean)/mag_err)²/(n-1), of the points that have an uncertainty; about 1 for a constant star with true uncertainties. (Sokolovsky et al. 2017, section 2.2)"/>
    <column name="von_neumann" type="real" ucd="src.var.index" description="Mean square successive difference over the variance, Σ(m_j+1 - m_j)²/Σ(m-mean)², in order of time, of the points that have one: 2 for noise, less for variation that is slow compared with the cadence; three points are needed. von Neumann 1941, Annals of Mathematical Statistics 12, 367."/>
    <column name="stetson_k" type="real" ucd="src.var.index" description="Shape of the distribution, Σ|δ|/√(nΣδ²) with δ=√(n/(n-1))(m-mag_wmean)/mag_err (Welch and Stetson 1993, AJ 105, 1813): 0.80 for Gaussian noise, 0.90 for a sine, 1 for two levels, less for rare outbursts or eclipses. Stetson 1996, PASP 108, 851."/>
    <column name="skewness" type="real" ucd="stat.value;phot.mag" description="Skewness of the magnitudes, g1=√n Σ(m-mean)³/(Σ(m-mean)²)^1.5: positive where the star is now and then much fainter (eclipses), negative for outbursts; three points are needed. Joanes and Gill 1998, The Statistician 47, 183."/>
    <column name="time_scale" type="text" ucd="time.scale" description="Times that order and intervals are taken from: TDB (obs_time, barycentric) or, for a light curve that has more of these, UTC (obs_time_utc); null where there are none."/>
    <column name="cadence_min" type="double precision" unit="s" ucd="time.interval;stat.min" description="Shortest time between consecutive points, good or not."/>
    <column name="cadence_median" type="double precision" unit="s" ucd="time.interval;stat.median" description="Median time between consecutive points, good or not."/>
    <column name="cadence_max" type="double precision" unit="s" ucd="time.interval;stat.max" description="Longest time between consecutive points, good or not."/>
    <column name="exptime_min" type="real" unit="s" ucd="time.duration;obs.exposure;stat.min" description="Shortest exposure of the points, good or not."/>
    <column name="exptime_median" type="real" unit="s" ucd="time.duration;obs.exposure;stat.median" description="Median exposure of the points, good or not."/>
    <column name="exptime_max" type="real" unit="s" ucd="time.duration;obs.exposure;stat.max" description="Longest exposure of the points, good or not."/>
    <column name="period" type="double precision" unit="d" ucd="time.period;src.var" description="Period of the highest peak of the generalised Lomb-Scargle periodogram of the good points over obs_time, between \shortest d and the time that the points span, where there are at least \least of them. It may be an alias (of a day, mostly), or half the period of an eclipsing binary: see period_fap. Zechmeister and Kürster 2009, A&amp;A 496, 577; VanderPlas 2018, ApJS 236, 16."/>
    <column name="period_power" type="real" ucd="stat.fit.goodness" description="Height of that peak: which part of χ² a sine of this period takes away, 0 to 1."/>
    <column name="period_fap" type="double precision" ucd="stat.probability" description="False-alarm probability of that peak: how likely noise alone has one as high at any period searched. Baluev 2008, MNRAS 385, 1279."/>
    <column name="period_computed" type="timestamp" ucd="time.processing" description="When the period was looked for, UTC; null where it has not been. Periods follow in the background."/>
    <column name="period_revision" type="timestamp" ucd="time.processing" description="The revision of the light curve that the period was looked for in, UTC; an earlier one than revision where points have come since."/>
    <column name="revision" type="timestamp" ucd="time.processing;meta.dataset" description="When the light curve last changed, UTC."/>
    <index columns="obs_publisher_did" metaOnly="True"/>
    <viewStatement>
      CREATE VIEW \\curtable AS (SELECT \\colNames FROM (
        SELECT x.*, s.band::text, s.name::text AS object_name,
          'ivo://\\getConfig{ivoa}{authority}/~?\collection/lightcurves/' || s.object_id || '/' || s.band AS obs_publisher_did
        FROM (SELECT object_id, photosys_id, revision AS of, npoints, mag_mean, mag_median, mag_wmean, amplitude, amplitude_robust,
            mag_std, chi2_reduced, von_neumann, stetson_k, skewness, time_scale::text, cadence_min, cadence_median, cadence_max,
            exptime_min, exptime_median, exptime_max, period, period_power, period_fap,
            period_computed AT TIME ZONE 'UTC' AS period_computed, period_revision AT TIME ZONE 'UTC' AS period_revision,
            revision AT TIME ZONE 'UTC' AS revision
          FROM \base.series_stats) x
        JOIN \base.series s ON s.object_id = x.object_id AND s.photosys_id = x.photosys_id AND s.revision = x.of) q)
    </viewStatement>
  </STREAM>

  <STREAM id="ts-time">
    <doc>The columns of the draft ObsCore time extension, one row a light curve. Bind base and collection as for series-stats.
      The draft has not settled the table's name, so that it stands in the collection's own schema.</doc>
    <meta name="description">Time axes of the light curves, one row a light curve: the columns that the draft "ObsCore Metadata Extension for
      Time Properties" (IVOA working draft of 2024-07-17) adds to ivoa.obscore; join the two by obs_publisher_did. Intervals and
      exposures are of all points, good or not.</meta>
    <column name="obs_publisher_did" type="text" required="True" ucd="meta.ref.ivoid" utype="obscore:curation.publisherdid"
      description="Publisher DID of the light curve, as in ivoa.obscore." verbLevel="1"/>
    <column name="t_origin" type="text" ucd="time.epoch" description="What the times in the light curve are counted from: MJD-origin is JD 2400000.5."/>
    <column name="t_scale" type="text" ucd="time.scale" description="Time scale of the light curve's main times (IVOA vocabulary timescale); UNKNOWN where its source does not say."/>
    <column name="t_refposition" type="text" ucd="meta.ref;time" description="Where these times hold (IVOA vocabulary refposition); UNKNOWN where its source does not say."/>
    <column name="t_refdirection" type="text" ucd="meta.ref;pos" description="Direction for which times were reduced to that position: frame, right ascension and declination in degrees."/>
    <column name="t_format" type="text" ucd="meta.code.class;time" description="How these times are written."/>
    <column name="t_variant" type="text" ucd="meta.code.class" description="What there is for each time."/>
    <column name="t_xel" type="bigint" required="True" ucd="meta.number;obs" description="Number of epochs, as in ivoa.obscore."/>
    <column name="t_exp_min" type="real" unit="s" ucd="time.duration;obs.exposure;stat.min" utype="Char.TimeAxis.Sampling.Extent.LoLim" description="Shortest exposure."/>
    <column name="t_exp_max" type="real" unit="s" ucd="time.duration;obs.exposure;stat.max" utype="Char.TimeAxis.Sampling.Extent.HiLim" description="Longest exposure."/>
    <column name="t_delta_min" type="double precision" unit="s" ucd="time.interval;obs.sequence;stat.min" utype="Char.TimeAxis.Sampling.Period.LoLim" description="Shortest time between consecutive points."/>
    <column name="t_delta_median" type="double precision" unit="s" ucd="time.interval;obs.sequence;stat.median" description="Median time between consecutive points (not in the draft)."/>
    <column name="t_delta_max" type="double precision" unit="s" ucd="time.interval;obs.sequence;stat.max" utype="Char.TimeAxis.Sampling.Period.HiLim" description="Longest time between consecutive points."/>
    <column name="t_fold_period" type="double precision" unit="d" ucd="time.period" description="Period that the light curve is folded with; 0: none here is folded. What periods the stars have is in \collection.series_stats and \collection.variability."/>
    <column name="t_fold_phasereference" type="double precision" unit="d" ucd="time.epoch;time.phase" description="Epoch of phase 0 of a folded light curve; null, since none here is folded."/>
    <index columns="obs_publisher_did" metaOnly="True"/>
    <viewStatement>
      CREATE VIEW \\curtable AS (SELECT \\colNames FROM (
        SELECT 'ivo://\\getConfig{ivoa}{authority}/~?\collection/lightcurves/' || s.object_id || '/' || s.band AS obs_publisher_did,
          'MJD-origin' AS t_origin, coalesce(x.time_scale::text, 'UNKNOWN') AS t_scale,
          CASE x.time_scale WHEN 'TDB' THEN 'BARYCENTER' WHEN 'UTC' THEN 'TOPOCENTER' ELSE 'UNKNOWN' END AS t_refposition,
          CASE x.time_scale WHEN 'TDB' THEN 'ICRS ' || s.ra || ' ' || s.dec END AS t_refdirection,
          'MJD' AS t_format, 'scalar value' AS t_variant, s.npoints::bigint AS t_xel,
          x.exptime_min AS t_exp_min, x.exptime_max AS t_exp_max,
          x.cadence_min AS t_delta_min, x.cadence_median AS t_delta_median, x.cadence_max AS t_delta_max,
          0::double precision AS t_fold_period, NULL::double precision AS t_fold_phasereference
        FROM \base.series s
        LEFT JOIN \base.series_stats x ON x.object_id = s.object_id AND x.photosys_id = s.photosys_id AND x.revision = s.revision) q)
    </viewStatement>
  </STREAM>

  <STREAM id="object-name-conditions">
    <doc>TARGETNAME by any name of an object, however it is spelt, several separated by commas; WILDTARGET and
      WILDTARGETCASE by shell patterns of any name. They come before DaCHS' own conditions of these names and leave them
      nothing to do, since those look at the main name only (and the last two at a column that does not exist).</doc>
    <condDesc>
      <inputKey name="TARGETNAME" type="text" tablehead="Object" std="True" multiplicity="single"
        utype="ssa:Target.Name" description="Any name of the object (SS Cyg, V* SS Cyg, Gaia DR3 …); several are separated by commas. Case and blanks do not matter."/>
      <phraseMaker>
        <code>
          names = [name for name in (inPars["TARGETNAME"] or "").split(",") if name.strip()]
          inPars["TARGETNAME"] = None
          if names:
            schema = core.queriedTable.rd.schema+"_db"
            yield "object_id IN (SELECT object_id FROM %s.object_names WHERE name_key IN (%s))"%(schema,
              ", ".join("%s.name_key(%%(%s)s)"%(schema, base.getSQLKey("name", name, outPars)) for name in names))
        </code>
      </phraseMaker>
    </condDesc>
    <LOOP>
      <csvItems>
        key,            pattern,                  how
        WILDTARGET,     PQLNocaseShellPatternPar, case does not matter
        WILDTARGETCASE, PQLShellPatternPar,       case matters
      </csvItems>
      <events>
        <condDesc>
          <inputKey name="\key" type="text" tablehead="Name pattern" std="True" multiplicity="single"
            description="Shell pattern of any name of the object (\how)."/>
          <phraseMaker>
            <code>
              parsed = pql.\pattern.fromLiteral(inPars["\key"], "\key")
              inPars["\key"] = None
              if parsed is not None:
                yield "object_id IN (SELECT object_id FROM %s_db.object_names WHERE %s)"%(
                  core.queriedTable.rd.schema, parsed.getSQL("name", outPars))
            </code>
          </phraseMaker>
        </condDesc>
      </events>
    </LOOP>
  </STREAM>

  <STREAM id="standard-conditions">
    <doc>POS, SIZE, TIME and FORMAT as the standard has them. They are instead of DaCHS' own conditions of these names, which
      take SIZE for a radius, forget POS where there is no SIZE, look at the middle of a light curve only, and fail on
      FORMAT=graphic.</doc>
    <condDesc combining="True" joiner="AND">
      <inputKey name="POS" type="text" unit="deg" std="True" multiplicity="single" tablehead="Position"
        utype="ssa:Char.SpatialAxis.Coverage.Location.Value" description="Position of the object: RA,Dec, ICRS."/>
      <inputKey name="SIZE" type="double precision" unit="deg" std="True" multiplicity="single" tablehead="Diameter"
        utype="ssa:Char.SpatialAxis.Coverage.Bounds.Extent" description="Diameter of the region around it; 0.1 if not given."/>
      <phraseMaker>
        <setup imports="photvo.services.ssa"/>
        <code>
          condition = ssa.around(inPars["POS"], inPars["SIZE"], outPars)
          if condition:
            yield condition
        </code>
      </phraseMaker>
    </condDesc>
    <condDesc>
      <inputKey name="TIME" type="text" std="True" multiplicity="single" tablehead="Time"
        utype="ssa:Char.TimeAxis.Coverage.Location.Value" description="A time or a range of times (from/to) that the light curve has a part in: ISO 8601, UTC."/>
      <phraseMaker>
        <setup imports="photvo.services.ssa"/>
        <code>
          condition = ssa.during(inPars["TIME"], outPars)
          if condition:
            yield "("+condition+")"
        </code>
      </phraseMaker>
    </condDesc>
    <condDesc>
      <inputKey name="FORMAT" type="text" std="True" multiplicity="single" tablehead="Format" utype="ssa:Access.Format"
        description="Media types, or the words votable, compliant, fits, graphic, all; several are separated by commas."/>
      <phraseMaker>
        <setup imports="photvo.services.ssa"/>
        <code>
          condition = ssa.formats(inPars["FORMAT"], outPars)
          if condition:
            yield condition
        </code>
      </phraseMaker>
    </condDesc>
  </STREAM>

  <STREAM id="lightcurve-services">
    <doc>SSA and DataLink over ts_ssa. Bind title and short.</doc>
    <service id="sdl" allowed="dlget,dlmeta" customPage="curves">
      <meta name="title">\title: retrieval</meta>
      <meta name="shortName">\short DL</meta>
      <datalinkCore>
        <descriptorGenerator>
          <setup imports="photvo.services.lightcurves"/>
          <code>return lightcurves.light_curve(pubDID)</code>
        </descriptorGenerator>
        <metaMaker>
          <setup imports="photvo.services.lightcurves"/>
          <code>
            for link in lightcurves.light_curve_links(descriptor):
              yield descriptor.link(*link)
          </code>
        </metaMaker>
        <metaMaker>
          <setup imports="photvo.services.lightcurves"/>
          <code>
            for key in lightcurves.parameters(descriptor):
              yield key
          </code>
        </metaMaker>
        <!-- what there is to process, for the service descriptor; the page curves.py does it -->
        <dataFunction><code>descriptor.data = descriptor.series</code></dataFunction>
        <dataFormatter><code>return descriptor.mime, b""</code></dataFormatter>
      </datalinkCore>
    </service>

    <service id="ssa" allowed="ssap.xml,form">
      <meta name="title">\title</meta>
      <meta name="shortName">\short SSA</meta>
      <meta name="productTypeServed">light-curve</meta>
      <!-- DataLink's #documentation leads to it -->
      <meta name="_longdoc" format="rst"><![CDATA[
The light curves
----------------

An access URL gives a VOTable in the form of the IVOA Note on time series, or what ``RESPONSEFORMAT`` says: ``votable``,
``votable/td`` (TABLEDATA), ``fits``, ``csv``, ``ecsv``, ``aavso``, ``parquet``; ``png`` and ``png/folded`` are pictures. ``BAND``
chooses passbands, ``TIME`` an interval (``TIME=59000 59100``, MJD in UTC), ``CLEAN=true`` leaves good points only: those whose
``flags & 6399`` is 0. Several ``ID`` give one table, with ``PACKAGE=tar`` a tar. What is missing is null.

- ``obs_time``: middle of the exposure at the barycentre of the solar system, MJD in TDB.
- ``obs_time_utc``: the same at the telescope, MJD in UTC.
- ``mag``, ``mag_err``: magnitude and its uncertainty, in the photometric system that the document names.
- ``mag_diff``, ``mag_diff_err``: magnitude less that of the comparison stars.
- ``flux``, ``flux_err``, ``flux_unit``: where a source gives fluxes.
- ``upper_limit``: true where the star was not seen, and fainter than ``mag``.
- ``exptime``: exposure in seconds; ``airmass``: at its middle.
- ``comp_set``: set of comparison stars; the link ``#auxiliary`` has its stars.
- ``telescope``; ``image``, the address of the image that the point was measured on.
- ``flags``: sum of what is known against the point, 0 is good. 1 to 128: quality code of the data source. 256: no uncertainty.
  512: no barycentric time. 1024: no UTC. 2048: no magnitude, only a differential one. 4096: upper limit. 8192: no magnitude,
  only a flux.
      ]]></meta>
      <publish render="ssap.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed" service="ssa"/>
      <ssapCore queriedTable="ts_ssa">
        <FEED source="object-name-conditions"/>
        <FEED source="standard-conditions"/>
        <FEED source="//ssap#hcd_condDescs">
          <PRUNE id="coneCond"/>
          <PRUNE id="timeCond"/>
          <PRUNE id="formatCond"/>
        </FEED>
      </ssapCore>
    </service>
  </STREAM>

  <STREAM id="cone-service">
    <doc>Cone search over a table with ra and dec. Bind queried (table), title, short, and a cone that is never
      empty (ra, dec, sr in degrees).</doc>
    <service id="cone" allowed="scs.xml,form">
      <meta name="title">\title: cone search</meta>
      <meta name="shortName">\short</meta>
      <meta name="testQuery">
        <meta name="ra">\ra</meta><meta name="dec">\dec</meta><meta name="sr">\sr</meta>
      </meta>
      <publish render="scs.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>
      <scsCore queriedTable="\queried">
        <!-- as DaCHS' humanInput, whose names come from SIMBAD -->
        <condDesc combining="True" joiner="AND">
          <inputKey name="hscs_pos" type="text" multiplicity="single" tablehead="Position/Name"
            description="Any name of an object of this archive, or coordinates (h m s, d m s or decimal degrees).">
            <property name="notForRenderer">scs.xml</property>
          </inputKey>
          <inputKey name="hscs_sr" multiplicity="single" tablehead="Search radius" description="Search radius in arcminutes.">
            <property name="notForRenderer">scs.xml</property>
          </inputKey>
          <phraseMaker>
            <setup imports="photvo.services.cone"/>
            <code>
              if inPars["hscs_pos"]:
                yield cone.cone_of_form(core.queriedTable, inPars["hscs_pos"], inPars["hscs_sr"], outPars)
            </code>
          </phraseMaker>
        </condDesc>
        <condDesc original="//scs#protoInput">
          <phraseMaker>
            <setup imports="photvo.services.cone"/>
            <code>yield cone.cone(core.queriedTable, inPars["RA"], inPars["DEC"], inPars["SR"], outPars)</code>
          </phraseMaker>
        </condDesc>
      </scsCore>
    </service>
  </STREAM>

  <STREAM id="image-columns">
    <doc>The columns of a table of images: ObsCore's and ours; its rows appear in ObsCore.</doc>
    <FEED source="//obscore#obscore-columns"><PRUNE name="preview"/></FEED>
    <FEED source="links" service="links" column="obs_publisher_did"/>
    <column name="observation_id" type="integer" required="True" ucd="meta.id;obs" description="The observation."/>
    <column name="filename" type="text" ucd="meta.id;meta.file" description="Name of the file."/>
    <column name="band" type="text" ucd="instr.bandpass" description="Short name of the passband."/>
    <mixin preview="NULL">//obscore#publishObscoreLike</mixin>
  </STREAM>

  <STREAM id="image-services">
    <doc>SIAP2 over a table of images (queried), and the files themselves, below folder. Bind title, short, and a position with
      images (ra, dec).</doc>
    <DEFAULTS queried="images" folder="data/images"/>
    <service id="files" allowed="static">
      <meta name="title">\title: files</meta>
      <meta name="shortName">\short files</meta>
      <property name="staticData">\folder</property>
      <nullCore/>
    </service>

    <service id="links" allowed="dlmeta">
      <meta name="title">\title: links</meta>
      <meta name="shortName">\short DL</meta>
      <datalinkCore>
        <descriptorGenerator>
          <setup imports="photvo.services.images"/>
          <code>return images.image(pubDID, "\\schema")</code>
        </descriptorGenerator>
        <metaMaker>
          <setup imports="photvo.services.images"/>
          <code>
            for semantics, url, description, media_type, size in images.image_links(descriptor, "\\schema"):
              yield descriptor.makeLink(url, semantics=semantics, description=description, contentType=media_type,
                contentLength=size, contentQualifier="#image" if semantics=="#this" else "#light-curve")
          </code>
        </metaMaker>
      </datalinkCore>
    </service>

    <service id="sia" allowed="siap2.xml,form">
      <meta name="title">\title</meta>
      <meta name="shortName">\short</meta>
      <meta name="sia.type">Pointed</meta>
      <meta name="testQuery.pos.ra">\ra</meta>
      <meta name="testQuery.pos.dec">\dec</meta>
      <meta name="testQuery.size.ra">1</meta>
      <meta name="testQuery.size.dec">1</meta>
      <meta name="productTypeServed">image</meta>
      <publish render="siap2.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>
      <dbCore queriedTable="\queried"><FEED source="//siap2#parameters"/></dbCore>
    </service>
  </STREAM>
</resource>
