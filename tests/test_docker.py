"""What the container runs: its entry point and its health check, here beside the running instance."""

import os
import subprocess
import sys
from pathlib import Path

from running import free_port

DOCKER = Path(__file__).parents[1] / "docker"


def healthy(port):
    return subprocess.run([sys.executable, DOCKER / "healthy"], env={**os.environ, "PHOTVO_PORT": str(port)}).returncode


def test_the_health_check_tells_services_that_answer_from_those_that_do_not(instance):
    assert healthy(instance.port) == 0
    assert healthy(free_port()) == 1


def enter(tmp_path, *arguments, **env):
    """The entry point with a program in photvo's place that says its arguments and the inputs."""
    script = (DOCKER / "entrypoint").read_text().replace("/opt/photvo/bin/photvo", f"{tmp_path}/said")
    (tmp_path / "said").write_text('#!/bin/sh\necho "$PHOTVO_INPUTS" "$@"\n')
    (tmp_path / "said").chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "PHOTVO_STATE": str(tmp_path), "PHOTVO_INPUTS": str(tmp_path), **env}
    return subprocess.run(["sh", "-c", script, "entrypoint", *arguments], env=environ, capture_output=True, text=True)


def test_the_entry_point_hands_its_arguments_on(tmp_path):
    assert enter(tmp_path, "run").stdout == f"{tmp_path} run\n"


def test_an_empty_volume_of_inputs_is_the_sample_and_said_to_be(tmp_path):
    (tmp_path / "empty").mkdir()
    done = enter(tmp_path, "run", PHOTVO_INPUTS=str(tmp_path / "empty"))
    assert done.stdout == "/opt/photvo/inputs run\n" and "sample" in done.stderr


def test_a_state_that_cannot_be_written_is_one_line(tmp_path):
    done = enter(tmp_path, "run", PHOTVO_STATE=str(tmp_path / "nowhere"))
    assert done.returncode == 1 and "cannot be written" in done.stderr and not done.stdout


def test_nothing_in_the_image_is_a_secret_and_it_runs_without_privileges():
    text = (DOCKER / "Dockerfile").read_text() + (DOCKER / "compose.yaml").read_text()
    assert "USER photvo" in text and "privileged" not in text
    assert not any(word in text.lower() for word in ("passw", "secret", "token"))
