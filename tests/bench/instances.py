"""The instance that is measured, and the stock server beside it."""

import os
import pwd
import shutil
import urllib.error
import urllib.request

from running import Instance, free_port

from photvo.machine import account, dachs, process
from photvo.settings import TOP, PhotvoError


def folder():
    """Where a bench keeps its things: var/bench, or where the instance's account can reach it."""
    base = TOP / "var" / "bench"
    if not account.reachable(TOP):
        base = account.elsewhere(base)
    base.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(base, account.ACCOUNT)
    return base


class Measured(Instance):
    """An instance with its state in `folder`/`name`, which is made anew."""

    def __init__(self, folder, name, inputs):
        super().__init__(name, PHOTVO_STATE=str(folder / name), PHOTVO_INPUTS=str(inputs))
        self.remove()

    def remove(self):
        """Remove its state folder."""
        shutil.rmtree(self.state, ignore_errors=True)


class Stock:
    """`dachs serve start --foreground` on the same DaCHS root: our descriptors, nothing of machine/serve.py."""

    def __init__(self, instance, folder):
        self.port = free_port()
        self.log = folder / "stock.log"
        custom = folder / "stock.rc"
        # DaCHS' own default, which is 2
        custom.write_text(f"[web]\nserverPort: {self.port}\n[db]\npoolSize: 2\n")
        custom.chmod(0o644)
        owner = pwd.getpwuid((instance.state / "dachs").stat().st_uid)
        self.child = None
        self.options = {
            "env": {**dachs.environ(instance.settings), "GAVOCUSTOM": str(custom)},
            "account": owner if os.geteuid() == 0 and owner.pw_uid else None,
            "cwd": instance.state,
        }

    def start(self):
        """Start and wait for the first answer."""
        with open(self.log, "wb") as out:
            command = [dachs.PYTHON, dachs.DACHS, "serve", "start", "--foreground"]
            self.child = process.spawn(command, stdout=out, stderr=out, **self.options)
        if not process.wait_until(lambda: self.child.poll() is not None or self._answers(), 60) or self.child.poll():
            self.stop()
            raise PhotvoError(f"the stock server did not start: see {self.log}")
        return self

    def stop(self):
        """End it."""
        process.end(self.child)

    def _answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/tap/availability", timeout=10) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return False
        except OSError:
            return False
