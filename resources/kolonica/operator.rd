<resource schema="kolonica_log" resdir="kolonica">
  <meta name="title">What became of the files of the Kolonica archive</meta>
  <meta name="description" format="plain">The log of the ingestion, for the operator.</meta>
  <FEED source="streams#registry"/>

  <!-- Not for everyone: no adql here, so that /tap neither shows these tables nor may read them. In a schema of their own,
    since DaCHS gives the right to use a schema to those who may read the table that it made last. -->
  <table id="ingest_log" onDisk="True" primary="id">
    <meta name="description">What became of each file: one row a file.</meta>
    <column name="id" type="integer" required="True" ucd="meta.id;meta.main" description="Number of the file."/>
    <column name="path" type="text" ucd="meta.id;meta.file" description="The file: below the collection's inputs, else its whole path."/>
    <column name="checksum" type="text" ucd="meta.code" description="SHA-256 of its contents."/>
    <column name="filesize" type="bigint" unit="byte" ucd="phys.size;meta.file" description="Its size."><values nullLiteral="-1"/></column>
    <column name="format" type="text" ucd="meta.code" description="As what it was read."/>
    <column name="reader_version" type="integer" ucd="meta.version" description="Version of the reader."><values nullLiteral="-1"/></column>
    <column name="status" type="text" ucd="meta.code.status" description="complete, with rejects, refused or deleted."/>
    <column name="reason" type="text" ucd="meta.note" description="Why it was refused."/>
    <column name="rows_read" type="bigint" ucd="meta.number" description="Rows in it."><values nullLiteral="-1"/></column>
    <column name="rows_accepted" type="bigint" ucd="meta.number" description="Rows that were taken."><values nullLiteral="-1"/></column>
    <column name="rows_repeated" type="bigint" ucd="meta.number" description="Points that were in the archive already."><values nullLiteral="-1"/></column>
    <column name="rows_elsewhere" type="bigint" ucd="meta.number" description="Of these, the ones that another file brought."><values nullLiteral="-1"/></column>
    <column name="rows_rejected" type="bigint" ucd="meta.number" description="Rows that were not taken: kolonica_log.ingest_rejects."><values nullLiteral="-1"/></column>
    <column name="taken" type="text" ucd="time.processing" description="When: ISO 8601, UTC."/>
    <column name="seconds" type="real" unit="s" ucd="time.duration" description="How long that took."/>
    <viewStatement>CREATE VIEW \curtable AS (SELECT id, path, checksum, size AS filesize, format, reader_version, status, reason, rows_read, rows_accepted, rows_repeated, rows_elsewhere, rows_rejected, to_char(taken AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') AS taken, seconds FROM kolonica_db.ingest_log)</viewStatement>
  </table>

  <table id="ingest_rejects" onDisk="True" primary="id">
    <meta name="description">Rows that were not taken, and why.</meta>
    <column name="id" type="bigint" required="True" ucd="meta.id;meta.main" description="Number of the row."/>
    <column name="file_id" type="integer" required="True" ucd="meta.id;meta.file" description="Its file: kolonica_log.ingest_log.id."/>
    <column name="line" type="bigint" ucd="meta.id" description="Line in the file."><values nullLiteral="-1"/></column>
    <column name="reason" type="text" ucd="meta.note" description="What is wrong with it."/>
    <column name="rejected" type="text" ucd="meta.record" description="The row as it was."/>
    <viewStatement>CREATE VIEW \curtable AS (SELECT id, file_id, line, reason, row AS rejected FROM kolonica_db.ingest_rejects)</viewStatement>
  </table>

  <data id="make" auto="True">
    <make table="ingest_log"/>
    <make table="ingest_rejects"/>
  </data>

  <service id="tap" allowed="sync" defaultRenderer="sync" limitTo="operator">
    <meta name="title">TAP for the operator</meta>
    <meta name="description">The log of the ingestion beside all other tables; name and password are in STATE/operator.env.</meta>
    <customCore module="operator_core"/>
  </service>

  <regSuite title="The log of the ingestion">
    <regTest title="Without a password there is none">
      <url LANG="ADQL" QUERY="SELECT * FROM kolonica_log.ingest_log">tap/sync</url>
      <code>
        self.assertHTTPStatus(401)
      </code>
    </regTest>
  </regSuite>
</resource>
