"""The operator as DaCHS knows them: the one user of the services that are not for everyone (kolonica/operator.rd)."""

import secrets

from photvo.machine import process
from photvo.settings import read_env

USER = "operator"


def enter(settings):
    """Name and password into DaCHS' table of users. They are made at the first time, into STATE/operator.env (mode 0600).

    Runs where DaCHS is set up.
    """
    from gavo import base
    from gavo.protocols import creds

    path = settings.state / "operator.env"
    password = read_env(path).get("OPERATOR_PASS")
    if not password:
        password = secrets.token_urlsafe(24)
        process.write(path, f"OPERATOR_USER={USER}\nOPERATOR_PASS={password}\n", 0o600)
    with base.getWritableAdminConn() as connection:
        for table in ("groups", "users"):
            connection.execute(f"DELETE FROM dc.{table} WHERE username = %(user)s", {"user": USER})
        creds.addUser(connection, USER, password, "reads the log of the ingestion")
