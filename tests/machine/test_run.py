"""Starting, ending and starting again, as an operator does it."""

import http.client
import os
import signal
import socket
import stat
import subprocess
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from running import Instance, alive, descendants, folder_of_session, free_port

from photvo.machine import account, process
from photvo.settings import TOP


@pytest.fixture(scope="module")
def small():
    """An instance beside the shared one: another port, a state folder with a blank in its name, hardly any data."""
    inputs = folder_of_session() / "small inputs"
    (inputs / "kolonica").mkdir(parents=True)
    beside = Instance("small one", PHOTVO_INPUTS=str(inputs), PHOTVO_SERVERS="3")
    yield beside
    if runs(beside):
        beside.stop()


def runs(instance):
    return instance.process is not None and instance.process.poll() is None


@pytest.fixture
def running(small):
    """The same, which runs."""
    return small if runs(small) else small.start()


@pytest.fixture
def ended(small):
    """The same, which was set up and runs no more."""
    if small.process is None:
        small.start()
    if runs(small):
        assert small.stop() == 0
    return small


def answers(url):
    with urllib.request.urlopen(f"{url}tap/availability", timeout=20) as answer:
        return answer.status == 200 and b"available>true" in answer.read()


def test_the_ready_line_is_true_and_nothing_else_is_on_stdout(instance):
    assert answers(instance.url)


def test_two_instances_stand_side_by_side(instance, running):
    assert answers(instance.url) and answers(running.url)
    assert running.query("SELECT count(*) FROM objects") != instance.query("SELECT count(*) FROM objects")
    assert running.settings.dsn()["port"] != instance.settings.dsn()["port"]


def test_server_processes_share_the_connections_and_none_of_them_waits_for_ever(running):
    rounds, clients = 20, 12
    logs = [running.state / "log" / name for name in ("web.log", "web.log-2", "web.log-3")]

    # the first makes the instance ready
    assert process.wait_until(lambda: all(log.exists() for log in logs), 60)

    def answered():
        return [log.read_text().count("/robots.txt") for log in logs]

    before = answered()
    for _ in range(rounds):
        connections = [http.client.HTTPConnection("127.0.0.1", running.port, timeout=60) for _ in range(clients)]
        for connection in connections:
            connection.request("GET", "/robots.txt")
        for connection in connections:
            assert connection.getresponse().status == 200
            connection.close()

    def more():
        return [after - was for after, was in zip(answered(), before)]

    assert process.wait_until(lambda: sum(more()) == rounds * clients, 10), more()
    # a third each, unless a process has other things to do
    assert min(more()) > rounds * clients / 10, more()


def test_stop_ends_it_and_says_so_when_nothing_runs(running):
    family = descendants(running.process.pid)
    assert running.run("status").returncode == 0
    assert running.run("stop").returncode == 0
    assert running.process.wait(20) == 0 and process.wait_until(lambda: not alive(family), 20)
    assert "nothing runs" in running.run("stop").stderr
    assert running.run("status").returncode == 1


def test_the_database_is_there_for_commands_while_nothing_runs(ended):
    asked = ended.run("psql", "--as", "writer_user", "-Atc", "SELECT current_user, current_setting('jit')")
    assert asked.stdout == "writer_user|off\n", asked.stderr
    assert not [pid for pid in Path("/proc").glob("[0-9]*") if str(ended.state / "pg") in process.command_line(pid.name)]


def test_a_command_waits_for_another_one_and_no_longer(ended):
    command = [TOP / "bin" / "photvo", "psql", "-At"]
    with subprocess.Popen(command, env=ended.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as first:
        first.stdin.write("SELECT 'there';\n")
        assert first.stdout.readline() == "there\n"
        with subprocess.Popen([*command, "-c", "SELECT 'too'"], env=ended.env, stdout=subprocess.PIPE, text=True) as second:
            first.stdin.close()
            assert second.communicate(timeout=90)[0] == "too\n"


def test_what_an_instance_makes_becomes_its_accounts(ended):
    known = {path for name in account.CONTENTS for path in ended.state.glob(name)}
    assert set(ended.state.iterdir()) == known and ended.state / "operator.env" in known


def test_setup_takes_in_and_ends(ended):
    set_up = ended.run("setup")
    assert set_up.returncode == 0, set_up.stderr
    assert "0 not taken" in set_up.stderr


def test_a_second_start_imports_nothing_again(ended):
    imported = (ended.state / "dachs" / "imported.json").stat().st_mtime_ns
    before = (ended.state / "log" / "setup.log").read_bytes()
    ended.start()
    assert (ended.state / "dachs" / "imported.json").stat().st_mtime_ns == imported
    assert (ended.state / "log" / "setup.log").read_bytes() == before


def test_it_starts_again_after_everything_was_killed(running):
    family = descendants(running.process.pid)
    assert len(family) > 5
    for pid in reversed(family):
        with suppress(ProcessLookupError):  # what runs in the background comes and goes
            os.kill(pid, signal.SIGKILL)
    running.process.wait()
    running.start()
    assert answers(running.url)


def test_when_only_its_first_process_is_killed_the_rest_ends_too_and_it_starts_again(running):
    family = descendants(running.process.pid)
    running.process.kill()
    running.process.wait()
    assert process.wait_until(lambda: not alive(family), 20)
    running.start()
    assert answers(running.url)


def test_ctrl_c_ends_it_cleanly_and_its_asynchronous_jobs_with_it(running):
    query = "SELECT count(*) FROM tap_schema.columns a, tap_schema.columns b, tap_schema.columns c, tap_schema.columns d"
    asked = urllib.parse.urlencode({"LANG": "ADQL", "QUERY": query}).encode()
    with urllib.request.urlopen(f"{running.url}tap/async", asked, timeout=20) as answer:
        job = answer.url
    urllib.request.urlopen(f"{job}/phase", b"PHASE=RUN", timeout=20).close()

    def works():
        return [pid for pid in descendants(running.process.pid) if "taprun" in process.command_line(pid)]

    assert process.wait_until(works, 20)
    family = descendants(running.process.pid)
    # the terminal sends it to the whole foreground group
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(60) == 0
    assert process.wait_until(lambda: not alive(family), 20)
    log = "".join(path.read_text() for path in (running.state / "log").glob("postgresql-*.log"))
    assert log.rstrip().endswith("database system is shut down")


def test_one_state_folder_serves_one_instance(instance):
    again = instance.run("run")
    assert again.returncode == 1 and again.stderr.count("\n") == 1 and "in use" in again.stderr
    other_port = Instance("instance")
    again = other_port.run("run")
    assert again.returncode == 1 and again.stderr.count("\n") == 1 and "in use" in again.stderr
    assert answers(instance.url)


def test_a_taken_port_is_one_clear_line_and_nothing_is_set_up():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Instance("never", PHOTVO_PORT=str(port))
        said = refused.run("run")
    assert said.returncode == 1 and said.stdout == ""
    assert said.stderr == f"photvo: port {port} is taken by another program: set PHOTVO_PORT to a free one\n"
    assert not refused.state.exists()


def test_a_disc_without_room_is_one_clear_line_and_nothing_is_set_up():
    crowded = Instance("crowded")
    crowded.state.mkdir()
    script = f"mount -t tmpfs -o size=50m none '{crowded.state}' && echo mounted && '{TOP}/bin/photvo' run; ls -A '{crowded.state}'"
    said = subprocess.run(["unshare", "--mount", "sh", "-c", script], env=crowded.env, capture_output=True, text=True, timeout=60)
    if not said.stdout.startswith("mounted"):
        pytest.skip("only root can mount a small disc")
    assert said.stdout == "mounted\n"
    assert said.stderr.startswith(f"photvo: {crowded.state}: 50 MB free") and said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHOTVO_PORT", "http"),
        ("PHOTVO_PORT", "70000"),
        ("PHOTVO_SERVERS", "none"),
        ("PHOTVO_AUTHORITY", "ivo://x"),
        ("PHOTVO_SERVER_URL", "localhost:8080"),
        ("PHOTVO_INPUTS", "/nowhere/at/all"),
        ("PHOTVO_STATE", "/proc/photvo"),
        ("PHOTVO_STATE", "/etc/passwd"),
    ],
)
def test_a_setting_that_cannot_be_is_one_clear_line(name, value):
    shape = Instance("never")
    shape.env.update({"PHOTVO_PORT": str(free_port()), name: value})
    said = shape.run("run")
    assert said.returncode == 1 and said.stdout == ""
    assert said.stderr.startswith("photvo: ") and said.stderr.count("\n") == 1
    assert value in said.stderr
    assert not shape.state.exists()


def test_credentials_are_in_one_file_that_only_the_owner_reads(instance):
    mode = instance.settings.db_env.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    names = [line.partition("=")[0] for line in instance.settings.db_env.read_text().splitlines()]
    assert {"DB_HOST", "DB_PORT", "DB_NAME", "DB_WRITER_USER", "DB_WRITER_PASS", "DB_READONLY_USER",
            "DB_READONLY_PASS"} <= set(names)  # fmt: skip


def test_no_password_is_in_a_log_or_on_a_command_line(instance):
    secrets = [instance.settings.dsn(role)["password"] for role in ("readonly", "writer", "admin")]
    for profile in ("feed", "trustedquery", "untrustedquery"):
        path = instance.state / "dachs" / "etc" / profile
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        secrets += [line.split("=", 1)[1].strip() for line in path.read_text().splitlines() if line.startswith("password")]
    assert len(secrets) == 6 and all(len(secret) > 20 for secret in secrets)
    written = [path for path in (instance.state / "log").rglob("*") if path.is_file()]
    assert len(written) >= 4
    for secret in secrets:
        assert not [path for path in written if secret in path.read_text(errors="replace")]
        assert not [pid for pid in Path("/proc").glob("[0-9]*") if secret in " ".join(process.command_line(pid.name))]


def test_only_this_machine_can_connect(instance):
    listening = [line.split()[1] for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
                 if line.split()[3] == "0A"]  # fmt: skip
    for port in (instance.port, int(instance.settings.dsn()["port"])):
        addresses = [address for address in listening if address.endswith(f":{port:04X}")]
        assert addresses == [f"0100007F:{port:04X}"]


def test_a_cone_search_does_not_wait_for_long_queries(instance):
    """While more TAP queries than the server has threads for the rest are at work, a cone search is answered at once."""
    query = "SELECT count(*) FROM kolonica.lightcurves a, kolonica.lightcurves b WHERE a.magnitude*b.magnitude > a.jd"
    long = f"{instance.url}tap/sync?LANG=ADQL&QUERY={urllib.parse.quote(query)}"
    cone = f"{instance.url}kolonica/objects/cone/scs.xml?RA=325.679&DEC=43.5862&SR=0.1&RESPONSEFORMAT=csv"

    def ask(url):
        with urllib.request.urlopen(url, timeout=200) as answer:
            return answer.read()

    ask(cone)
    working = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND usename = 'untrusted'"
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, long) for _ in range(4)]
        try:
            assert process.wait_until(lambda: len(instance.query(working, role="admin")) == 4, 60)
            quick = [ask(cone) for _ in range(5)]
            assert all(b"1972957892448494592" in answer for answer in quick) and not any(future.done() for future in asked)
        finally:  # by themselves they would take hours
            while not all(future.done() for future in asked):
                instance.query(f"SELECT pg_cancel_backend(pid) FROM ({working}) q", role="admin")
