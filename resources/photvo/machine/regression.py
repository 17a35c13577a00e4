"""The regression tests that the descriptors carry, on the running instance. Run as
`python -m photvo.machine.regression RD…`.

What `dachs test` does, for all of them in one process: loading DaCHS takes longer than the tests.
"""

import sys


def main(names):
    """Returns the exit status: 1 where a test fails, or a descriptor has none."""
    from gavo import api
    from gavo.rscdef import regtest

    from photvo import services  # noqa: F401  (our ADQL functions and corrections)

    status = 0
    for name in names:
        runner = regtest.TestRunner.fromRD(api.getRD(name, doQueries=False))
        runner.runTests(showDots=False)
        print(f"{name}: {runner.stats.getReport()}", flush=True)
        if runner.stats.fails:
            print(runner.stats.getFailures())
        if runner.stats.fails or not runner.stats.oks:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
