"""Import and publish descriptors. Run as `python -m photvo.machine.imports RD…`.

What `dachs imp` and `dachs pub` do, for all of them in one process: loading DaCHS takes longer than most imports.
Publication is strict here: a record that the registry would refuse is an error, not a warning.
"""

import sys


def main(names):
    """Returns the exit status; a failure is one line that begins with `*** Error` and names the descriptor."""
    from gavo import base, rsc, rscdesc  # noqa: F401  (registers the cache of descriptors)
    from gavo.registry import publication
    from gavo.user import importing, logui, plainui

    from photvo import services  # noqa: F401  (our ADQL functions and corrections)
    from photvo.machine import operator
    from photvo.settings import Settings

    logui.LoggingUI(base.ui)
    plainui.StingyPlainUI(base.ui)
    options = rsc.getParseOptions()
    published = ["//services", "//tap", "//obscore", *(name for name in names if not name.startswith("//"))]
    for doing, things in (("import", names), ("publish", published)):
        for name in things:
            print(doing, name, flush=True)
            try:
                if doing == "import":
                    importing.process(options, [name])
                else:
                    publication.updateServiceList([base.caches.getRD(name)], onlyWarn=False)
            except Exception as error:
                base.ui.notifyError(f"{doing} of {name} failed")
                print(f"*** Error: {name}: {' '.join(str(error).split())}", flush=True)
                return 1
    operator.enter(Settings.load())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
