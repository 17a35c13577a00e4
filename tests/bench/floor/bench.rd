<!-- What light curves are measured beside: DaCHS' own dlget with nothing to do, and as it is usually done. -->
<resource schema="bench" resdir="bench">
  <meta name="title">Floors of the bench</meta>
  <meta name="description">Services that make bench compares photvo's own with.</meta>
  <meta name="creationDate">2026-11-21T00:00:00Z</meta>
  <meta name="subject">light-curves</meta>

  <table id="points">
    <column name="obs_time" type="double precision" unit="d" ucd="time.epoch;meta.main" description="Barycentric time."/>
    <column name="obs_time_utc" type="double precision" unit="d" ucd="time.epoch" description="Time at the telescope."/>
    <column name="mag" unit="mag" ucd="phot.mag" description="Magnitude."/>
    <column name="mag_err" unit="mag" ucd="stat.error;phot.mag" description="Its uncertainty."/>
    <column name="exptime" unit="s" ucd="time.duration;obs.exposure" description="Exposure time."/>
    <column name="flags" type="integer" required="True" ucd="meta.code.qual" description="Flags."/>
  </table>
  <data id="build" auto="False">
    <embeddedGrammar>
      <iterator>
        <code>
          with base.getTableConn() as connection:
            yield from connection.queryToDicts("SELECT obs_time, obs_time_utc, mag, mag_err, exptime, flags FROM kolonica_db.points"
              " JOIN kolonica_db.photosys s ON s.id = photosys_id WHERE object_id = %(object_id)s AND band = %(band)s ORDER BY 1",
              self.sourceToken)
        </code>
      </iterator>
    </embeddedGrammar>
    <make table="points"/>
  </data>

  <STREAM id="light-curve">
    <descriptorGenerator>
      <setup imports="gavo.protocols.datalink"/>
      <code>
        descriptor = datalink.DatalinkDescriptorMixin()
        descriptor.pubDID, descriptor.suppressAutoLinks, descriptor.mime = pubDID, True, "application/x-votable+xml"
        return descriptor
      </code>
    </descriptorGenerator>
  </STREAM>

  <service id="empty" allowed="dlget">
    <datalinkCore>
      <FEED source="light-curve"/>
      <dataFunction><code>descriptor.data = b"x"*int(descriptor.pubDID)</code></dataFunction>
      <dataFormatter><code>return "application/x-votable+xml", descriptor.data</code></dataFormatter>
    </datalinkCore>
  </service>

  <service id="made" allowed="dlget">
    <datalinkCore>
      <FEED source="light-curve"/>
      <dataFunction>
        <setup imports="gavo.rsc"/>
        <code>
          object_id, band = descriptor.pubDID.split("/")[-2:]
          descriptor.data = rsc.makeData(base.resolveCrossId("bench/bench#build"),
            forceSource={"object_id": int(object_id), "band": band})
        </code>
      </dataFunction>
      <dataFormatter>
        <setup imports="gavo.formats"/>
        <code>return "application/x-votable+xml", formats.getFormatted("votable", descriptor.data)</code>
      </dataFormatter>
    </datalinkCore>
  </service>
</resource>
