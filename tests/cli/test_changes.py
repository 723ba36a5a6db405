"""The documents of changes and of the audit, on a real engine."""

import pytest

from tests.cli import contract
from tests.cli.docker import Docker
from tests.cli.running import Boxtui

pytestmark = pytest.mark.engine


def filled(docker: Docker) -> str:
    name = docker.run("box", "-v", "/var/lib/postgresql/data", "-v", f"{docker.name('v')}:/data")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json; echo x > /tmp/x")
    return name


def test_a_plan_has_the_contracts_fields_and_changes_nothing(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = filled(docker)
    before = docker.inspect("container", name)
    outcome = on_engine("recreate", name, "--dry-run", "--json")
    assert outcome.code == 0
    contract.check(outcome.document, contract.DRY_RUN)
    plan = outcome.document["plan"]
    assert plan["box"] == {"id": before["Id"], "name": name}
    assert plan["needs"] == "name"
    assert plan["loses"]["paths"][0] == "/root/.claude.json"
    assert docker.inspect("container", name)["State"] == before["State"]


def test_an_operation_has_the_contracts_fields(on_engine: Boxtui, docker: Docker) -> None:
    name = filled(docker)
    before = docker.inspect("container", name)
    outcome = on_engine("recreate", name, "--confirm", name, "--json")
    assert outcome.code == 0
    contract.check(outcome.document, contract.CHANGE)
    operation = outcome.document["operation"]
    after = docker.inspect("container", name)
    assert (operation["old_id"], operation["new_id"]) == (before["Id"], after["Id"])
    assert operation["state"] == "done"
    events = on_engine("history", name, "--json").document
    contract.check(events, contract.HISTORY)
    assert operation["id"] in {event["operation"] for event in events["events"]}


def test_a_refused_change_has_null_fields(on_engine: Boxtui, docker: Docker) -> None:
    name = filled(docker)
    outcome = on_engine("recreate", name, "--confirm", "wrong", "--json")
    assert (outcome.code, outcome.error["code"]) == (4, "unconfirmed")
    assert outcome.document["operation"] is None
    outcome = on_engine("recreate", name, "--confirm", name, "--read-only", "--json")
    assert (outcome.code, outcome.error["code"]) == (4, "read-only")


def test_nothing_to_recover(on_engine: Boxtui) -> None:
    outcome = on_engine("recover", "--json")
    assert outcome.code == 0
    contract.check(outcome.document, contract.RECOVER)


def test_findings_have_the_contracts_fields(on_engine: Boxtui, docker: Docker) -> None:
    name = filled(docker)
    outcome = on_engine("audit", name, "--json")
    assert outcome.code == 0
    contract.check(outcome.document, contract.AUDIT)
    rules = {finding["rule"] for finding in outcome.document["findings"]}
    assert {"database-without-volume", "overlay-credentials"} <= rules
    counted = outcome.document["summary"]["critical"]
    assert counted == sum(f["severity"] == "critical" for f in outcome.document["findings"])
    assert on_engine("audit", name, "--fail-on", "critical").code == 3
    assert on_engine("audit", name, "--fail-on", "odd", "--json").error["code"] == "usage"
    assert on_engine("audit", "nobody", "--json").error["code"] == "not-found"
