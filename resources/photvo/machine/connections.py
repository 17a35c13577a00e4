"""DaCHS' connections to the database: kept, used again, and set up in one statement."""

import contextlib


def keep():
    """A connection of a pool is closed after errors of the database only.

    DaCHS closes it after any exception. It looks for a table of the name of each alias in a query, and where there is
    none it has to log in to the database anew: 7 ms each, seven times for the join of three tables.
    """
    import psycopg2
    from gavo.base import sqlsupport

    discard = sqlsupport._cleanupAfterDBError

    def clean_up(error, connection, pool, lock):
        if pool and not isinstance(error, psycopg2.Error) and not connection.closed:
            pool[0].putconn(connection)  # rolls back
        else:
            discard(error, connection, pool, lock)

    sqlsupport._cleanupAfterDBError = clean_up


def reuse(most):
    """TAP queries take the connections of earlier ones, emptied of all that those have left.

    DaCHS opens one for each query and closes it after: 5 ms to log in, and as much again until PostgreSQL knows the
    tables (8 ms for ObsCore). At most `most` are kept.
    """
    import psycopg2
    from gavo import base
    from gavo.base import sqlsupport

    fresh, idle = base.getDBConnection, []

    class Returning(sqlsupport.GAVOConnection):
        def close(self):
            with contextlib.suppress(psycopg2.Error):
                self.rollback()
                self.autocommit = True
                with self.cursor() as cursor:
                    cursor.execute("DISCARD ALL")
                self.autocommit = False
                if len(idle) < most:
                    idle.append(self)
                    return
            super().close()

    def connect(profile, *args, **keywords):
        if profile != "untrustedquery" or args or keywords:
            return fresh(profile, *args, **keywords)
        with contextlib.suppress(IndexError):
            while True:
                connection = idle.pop()
                # the database may have been started anew meanwhile
                with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                    return connection
        connection = fresh(profile)
        connection.__class__ = Returning
        return connection

    base.getDBConnection = connect


def configure_at_once():
    """Settings of a connection are read and written in one statement.

    DaCHS takes two for each setting, and a query by TAP has some twenty of them: 3 ms.
    """
    from gavo.base import sqlsupport

    def configure(connection, settings, cursor=None):
        if not settings:
            return []
        names = [name for name, _ in settings]
        cursor = cursor or connection.cursor()
        cursor.execute(
            f"WITH before AS MATERIALIZED (SELECT {', '.join(['current_setting(%s)'] * len(names))})"
            f" SELECT before.*, {', '.join(['set_config(%s, %s, false)'] * len(names))} FROM before",
            [*names, *(text for name, value in settings for text in (name, str(value)))],
        )
        return list(zip(names, cursor.fetchone()))

    sqlsupport.GAVOConnection.configure = configure
