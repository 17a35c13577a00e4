"""The whole TAP service by taplint: no error, and no warning that is not known and explained."""

import json
from concurrent.futures import ThreadPoolExecutor

from remarks import judge
from stilts import stilts

#: Stages that need nothing of each other; MDQ wants the metadata stages. Those in one line run side by side.
STAGES = ("TMV TME TMS TMC CPV CAP AVV QGE QPO MDQ OBS EXA", "QAS", "UWS UPL")


def taplint(instance, stages):
    """What taplint reports: (level, text) each, the text beginning with stage and code."""
    done = stilts(
        "taplint",
        f"tapurl={instance.url}tap",
        "format=json",
        "report=EWF",
        "maxrepeat=9999",
        f"stages={stages}",
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [section["code"] for section in report["sections"]] == stages.split()
    return [
        (said["level"], " ".join(f"{section['code']} {said['code']} {said['text']}".split()))
        for section in report["sections"]
        for said in section["reports"]
    ]


def test_taplint_finds_no_error_and_no_warning_that_is_ours(instance):
    with ThreadPoolExecutor(len(STAGES)) as side_by_side:
        said = [
            remark
            for remarks in side_by_side.map(lambda stages: taplint(instance, stages), STAGES)
            for remark in remarks
        ]
    assert [text for level, text in said if level != "WARNING"] == []
    judge("taplint", [text for _, text in said])
