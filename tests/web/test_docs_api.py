"""docs/api.md: its examples are run as they stand, by curl, against a real server. A second or two for its start."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kaimen.cases.models import Case
from kaimen.foundation.enums import KeyScope
from kaimen.foundation.models import Account
from tests.cast import world
from tests.intake.open311.cast import key_for

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl: apt install curl")


@needs_curl
def test_the_examples_do_what_they_say(live_server: Any) -> None:
    park = world()
    park.service.documents = ["行驶证"]
    park.service.save()
    Account.objects.create(username="officer", person=park.officer)
    key = key_for(park, ("services:read", "board:read", "needs:write", "needs:read", "cases:read"))
    acting = key_for(park, ("cases:write",), acts_for=park.officer)
    env = {
        "PATH": os.environ["PATH"],
        "KAIMEN": live_server.url,
        "KEY": key,
        "ACTING": acting,
        "LC_ALL": "C.UTF-8",
    }
    script = "set -eu -o pipefail\n" + "echo '~~~'\n".join(BLOCKS)
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout
    told = done.stdout.split("~~~")
    assert len(told) == len(BLOCKS) == 6
    assert "行驶证" in told[0]
    first = json.loads(told[1])[0]
    assert "/t/" in first["service_notice"]
    assert "厂门口没地方停车" not in told[2].partition("<?xml")[0]
    assert "厂门口没地方停车" in told[2].partition("<?xml")[2]
    assert "宿舍热水晚上十点就停" in told[4]
    case = Case.objects.exclude(number=first["service_request_id"]).get()
    assert case.state == "answered"
    assert case.channel == "api"


def test_every_scope_is_in_the_table() -> None:
    named = re.findall(r"^\| `([a-z]+:[a-z]+)` \|", TEXT, flags=re.MULTILINE)
    assert named == [scope.value for scope in KeyScope]
