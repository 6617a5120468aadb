# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Role legacy_install on the real control plane, with beta APIs and without: what it creates, what it proves, and that
it goes on from wherever an earlier run ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import jinja2
import pytest

from tests.integration.conftest import require_real_control_plane
from tests.support.clusters import create_windows_pod, delete_pod, wait_for_address
from tests.support.fleets import NODES
from tests.support.https_files import HttpsFiles
from tests.support.legacy import ADMISSION, RBAC, WINDOWS_BINDING, has_windows_binding, left_of_legacy
from tests.support.playbook import CHECKOUT, PlaybookRun, run_playbook
from tests.support.roles import changed_steps, result, run_role, writes
from tests.testbed.cluster import TestbedCluster
from tests.testbed.kubernetes.admin import Json
from tests.testbed.specs import ClusterSpec
from tests.testbed.testbed import Testbed

STEPS = ["create_role_binding", "install_legacy_controller", "issue_webhook_certificate", "install_legacy_webhook"]
WEBHOOK = "vpc-admission-webhook-deployment"
CONTROLLER = "vpc-resource-controller"
SECRET = "vpc-admission-webhook-certs"
CONFIGURATION = "vpc-admission-webhook-cfg"
ALL = {
    f"clusterrolebindings {CONTROLLER}",
    f"clusterroles {CONTROLLER}",
    f"deployments kube-system/{CONTROLLER}",
    f"deployments kube-system/{WEBHOOK}",
    f"mutatingwebhookconfigurations {CONFIGURATION}",
    f"secrets kube-system/{SECRET}",
    f"serviceaccounts kube-system/{CONTROLLER}",
    "services kube-system/vpc-admission-webhook-svc",
}
OLD: dict[str, Any] = {"version": "1.20", "platform_version": "eks.1", "controller": False, "nodes": NODES}
# The emulator serves beta APIs by the version that EKS tells.
EMULATED: dict[str, Any] = OLD | {"version": "1.21"}
FLEET = (ClusterSpec("beta", **OLD), ClusterSpec("later", region="cn-north-1", beta_apis=False, **OLD))
EMULATED_FLEET = (
    ClusterSpec("faulty", **EMULATED),
    ClusterSpec("published", **EMULATED),
    ClusterSpec("leftover", **EMULATED),
    ClusterSpec("modern", nodes=NODES, config_map={"enable-windows-ipam": "true"}),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Testbed]:
    require_real_control_plane()
    with Testbed(FLEET, control_plane="real") as testbed:
        yield testbed


@pytest.fixture(scope="module")
def emulated() -> Iterator[Testbed]:
    """For faults that no real server produces on demand, and for what ends before anything is written."""
    with Testbed(EMULATED_FLEET, control_plane="emulated") as testbed:
        yield testbed


def install(testbed: Testbed, cluster: TestbedCluster, *arguments: str, **variables: Any) -> PlaybookRun:
    return run_role("legacy_install", testbed, cluster, *arguments, **variables)


def empty(testbed: Testbed, cluster: TestbedCluster) -> None:
    """Take everything of legacy support from the cluster, the binding of Windows nodes included."""
    for found in sorted(left_of_legacy(cluster)):
        resource, _, place = found.partition(" ")
        namespace, _, name = place.rpartition("/")
        group = {"deployments": "apps", "mutatingwebhookconfigurations": ADMISSION}.get(resource, "")
        group = RBAC if resource.startswith("clusterrole") else group
        cluster.admin.delete(resource, name, namespace, api=f"{group}/v1" if group else "v1")
    if has_windows_binding(cluster):
        cluster.admin.delete("clusterrolebindings", WINDOWS_BINDING, api=f"{RBAC}/v1")
    cluster.wait(lambda: not cluster.injects_address(), "nothing gives Windows pods their limit")
    testbed.forget_requests()


def configuration(cluster: TestbedCluster) -> Json:
    """The one webhook of the webhook configuration."""
    found = cluster.admin.get("mutatingwebhookconfigurations", CONFIGURATION, api=f"{ADMISSION}/v1")
    assert len(found["webhooks"]) == 1
    entry: Json = found["webhooks"][0]
    return entry


def image(cluster: TestbedCluster, deployment: str) -> str:
    pod = cluster.admin.get("deployments", deployment, "kube-system")["spec"]["template"]["spec"]
    return str(pod["containers"][0]["image"])


@pytest.mark.parametrize(
    ("name", "registry", "api"),
    [
        ("beta", "602401143452.dkr.ecr.us-east-1.amazonaws.com", "v1beta1"),
        ("later", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn", "v1"),
    ],
)
def test_first_run_installs_and_second_writes_nothing(fleet: Testbed, name: str, registry: str, api: str) -> None:
    cluster = fleet.clusters[name]
    empty(fleet, cluster)
    predicted = install(fleet, cluster, "--check", "--diff")
    assert predicted.returncode == 0, predicted.stdout[-3000:]
    assert writes(fleet, cluster) == []
    assert left_of_legacy(cluster) == set()
    assert not has_windows_binding(cluster)

    first = install(fleet, cluster)
    assert first.returncode == 0, first.stdout[-3000:]
    assert result(first)["changed_steps"] == STEPS
    assert result(first)["before"]["mode"] == "none"
    assert result(first)["after"]["mode"] == "legacy"
    assert result(first)["after"]["legacy"]["variant"] == "manifests"
    assert left_of_legacy(cluster) == ALL
    assert has_windows_binding(cluster)
    assert image(cluster, CONTROLLER) == f"{registry}/eks/windows-vpc-resource-controller:v0.2.7"
    assert image(cluster, WEBHOOK) == f"{registry}/eks/vpc-admission-webhook:v0.2.7"
    assert [write for write in writes(fleet, cluster) if f"certificates.k8s.io/{api}/" in write]

    entry = configuration(cluster)
    assert entry["failurePolicy"] == "Ignore"
    assert entry["sideEffects"] == "None"
    assert entry["admissionReviewVersions"] == ["v1beta1"]
    assert base64.b64decode(entry["clientConfig"]["caBundle"]).decode().strip() in cluster.certificate_authority
    pod = create_windows_pod(cluster, "afterwards")
    assert pod["spec"]["containers"][0]["resources"]["limits"]["vpc.amazonaws.com/PrivateIPv4Address"] == "1"
    assert wait_for_address(cluster, "afterwards", seconds=30)
    delete_pod(cluster, "afterwards")

    assert predicted.changes("localhost") == first.changes("localhost")
    assert result(predicted)["changed_steps"] == STEPS
    assert result(predicted)["plan"] == result(first)["plan"]
    assert result(predicted)["after"]["mode"] == "legacy"

    fleet.forget_requests()
    second = install(fleet, cluster)
    assert second.returncode == 0, second.stdout[-3000:]
    assert second.stats["localhost"]["changed"] == 0
    assert result(second)["changed_steps"] == []
    assert writes(fleet, cluster) == []
    assert [task.action for task in second.of("localhost") if not task.action.startswith("ansible.builtin.")] == [
        "cloudops.eks_windows.eks_windows_preflight"
    ]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_binding_that_is_there_is_left_alone(emulated: Testbed) -> None:
    cluster = emulated.clusters["leftover"]
    empty(emulated, cluster)
    binding = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": WINDOWS_BINDING},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "system:node-proxier"},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": WINDOWS_BINDING}],
    }
    made = cluster.admin.create(binding)
    assert changed_steps(install(emulated, cluster)) == STEPS[1:]
    kept = cluster.admin.get("clusterrolebindings", WINDOWS_BINDING, api=f"{RBAC}/v1")
    assert kept["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_secret_of_an_earlier_installation_is_replaced_where_it_is_of_no_use(emulated: Testbed) -> None:
    cluster = emulated.clusters["leftover"]
    empty(emulated, cluster)
    old = {"cert.pem": base64.b64encode(b"no certificate").decode(), "key.pem": base64.b64encode(b"no key").decode()}
    place = {"name": SECRET, "namespace": "kube-system"}
    cluster.admin.create({"apiVersion": "v1", "kind": "Secret", "metadata": place, "data": old})
    run = install(emulated, cluster)
    assert run.returncode == 0, run.stdout[-3000:]
    data = cluster.admin.get("secrets", SECRET, "kube-system")["data"]
    assert set(data.items()).isdisjoint(old.items())
    assert cluster.admin.find("secrets", f"{SECRET}-backup", "kube-system") is None
    assert cluster.injects_address()


# Refused or judged by the library before any module of another collection runs.
@pytest.mark.newest_client
@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["run", "check"])
def test_cluster_that_has_support_in_its_control_plane_is_refused(emulated: Testbed, arguments: list[str]) -> None:
    cluster = emulated.clusters["modern"]
    emulated.forget_requests()
    run = install(emulated, cluster, *arguments)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert message.startswith("Cluster modern: ")
    assert "nothing was changed" in message
    assert "version.legacy_obsolete" in message
    assert "1.31" in message
    assert writes(emulated, cluster) == []
    assert cluster.injects_address()


FAILING = (
    ("create", "/clusterrolebindings$", STEPS[0]),
    ("create", "/serviceaccounts$", STEPS[1]),
    ("create", "/clusterroles$", STEPS[1]),
    ("create", "/clusterrolebindings$", STEPS[1]),
    ("create", "/deployments$", STEPS[1]),
    ("create", "/certificatesigningrequests$", STEPS[2]),
    ("update", "/approval$", STEPS[2]),
    ("create", "/secrets$", STEPS[2]),
    ("create", "/services$", STEPS[3]),
    ("create", "/deployments$", STEPS[3]),
    ("create", "/mutatingwebhookconfigurations$", STEPS[3]),
)


# What a run goes on from is what its plan sees, whatever releases the one before it had.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("after_applied", [False, True], ids=["before", "after"])
def test_each_write_may_fail_and_the_next_run_goes_on(emulated: Testbed, after_applied: bool) -> None:
    """Each run but the last fails at one write more than the one before it, and leaves what it did before that."""
    cluster = emulated.clusters["faulty"]
    empty(emulated, cluster)
    for verb, path, step in FAILING:
        # Module webhook_cert tries three times.
        before = (3 if step == STEPS[2] else 1) - after_applied
        if after_applied:
            cluster.kubernetes.faults.fail_next(verb, path, 500, "Not now", after_applied=True)
        if before:
            cluster.kubernetes.faults.fail_next(verb, path, 500, "Not now", times=before)
        failed = install(emulated, cluster)
        cluster.kubernetes.faults.clear()
        assert failed.returncode == 2, f"{verb} {path}"
        message = failed.failure("localhost")
        assert message.startswith(f"Cluster faulty: step {step} failed on "), message
        assert "Not now" in message
        assert "Remedy: " in message

    last = changed_steps(install(emulated, cluster))
    assert last in ([], [STEPS[3]])
    assert left_of_legacy(cluster) == ALL
    assert has_windows_binding(cluster)
    assert cluster.injects_address()
    assert cluster.admin.list("certificatesigningrequests", api="certificates.k8s.io/v1") == []
    emulated.forget_requests()
    assert changed_steps(install(emulated, cluster)) == []
    assert writes(emulated, cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_webhook_that_does_not_start_is_not_called(emulated: Testbed) -> None:
    cluster = emulated.clusters["faulty"]
    empty(emulated, cluster)
    assert cluster.stand_ins
    cluster.stand_ins.legacy_webhook.fail_next_start("hang", pods=99)
    failed = install(emulated, cluster, eks_windows_wait_timeout=6)
    assert failed.returncode == 2
    assert f"step {STEPS[3]} failed" in failed.failure("localhost")
    assert f"mutatingwebhookconfigurations {CONFIGURATION}" not in left_of_legacy(cluster)

    cluster.stand_ins.legacy_webhook.heal()
    assert changed_steps(install(emulated, cluster)) == [STEPS[3]]
    assert cluster.injects_address()


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
def test_controller_that_does_not_start_is_waited_for_again(emulated: Testbed) -> None:
    cluster = emulated.clusters["faulty"]
    empty(emulated, cluster)
    nodes = [node["metadata"]["name"] for node in cluster.admin.list("nodes")]
    for name in nodes:
        cluster.admin.patch("nodes", name, {"spec": {"unschedulable": True}})
    for _ in range(2):
        failed = install(emulated, cluster, eks_windows_wait_timeout=4)
        assert failed.returncode == 2
        assert f"step {STEPS[1]} failed" in failed.failure("localhost")
    assert left_of_legacy(cluster) == {found for found in ALL if CONTROLLER in found}

    for name in nodes:
        cluster.admin.patch("nodes", name, {"spec": {"unschedulable": False}})
    assert "issue_webhook_certificate" in changed_steps(install(emulated, cluster))
    assert cluster.injects_address()


def published_manifests() -> dict[str, str]:
    """Manifests as AWS published them, of APIs that are gone meanwhile, with images of their own."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(CHECKOUT / "roles" / "plan" / "templates"))
    environment.filters |= {
        "to_json": lambda text: text,
        "cloudops.eks_windows.legacy_image": lambda name, *_place: f"registry.example/{name}",
    }
    texts = {
        component: environment.get_template(f"legacy_{component}.yml.j2").render(eks_windows_preflight={"cluster": {}})
        for component in ("controller", "webhook")
    }
    texts["controller"] = texts["controller"].replace(f"{RBAC}/v1", f"{RBAC}/v1beta1")
    texts["webhook"] = (
        texts["webhook"]
        .replace(f"{ADMISSION}/v1", f"{ADMISSION}/v1beta1")
        .replace("    sideEffects: None\n    admissionReviewVersions: [v1beta1]\n", "")
    )
    # What looks like a template of Ansible's is text.
    return {component: f"{text}\n# {{{{ not_a_variable }}}}\n" for component, text in texts.items()}


@pytest.fixture
def files() -> Iterator[HttpsFiles]:
    with HttpsFiles(published_manifests()) as server:
        yield server


def checksums() -> dict[str, str]:
    return {
        component: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        for component, text in published_manifests().items()
    }


def install_published(
    testbed: Testbed, files: HttpsFiles, urls: dict[str, str], expected: dict[str, str] | None, *arguments: str
) -> PlaybookRun:
    cluster = testbed.clusters["published"]
    variables: dict[str, Any] = {"eks_windows_legacy_manifest_url": urls}
    if expected is not None:
        variables["eks_windows_legacy_manifest_checksum"] = expected
    return run_playbook(
        "cloudops.eks_windows.legacy_install",
        testbed.environment | files.environment,
        arguments=arguments,
        variables={
            "eks_windows_cluster_name": cluster.name,
            "eks_windows_region": cluster.spec.region,
            **variables,
        },
    )


def urls_of(files: HttpsFiles) -> dict[str, str]:
    return {component: files.url(component) for component in ("controller", "webhook")}


def test_published_manifests_are_installed(emulated: Testbed, files: HttpsFiles) -> None:
    cluster = emulated.clusters["published"]
    empty(emulated, cluster)
    predicted = install_published(emulated, files, urls_of(files), checksums(), "--check")
    assert predicted.returncode == 0, predicted.stdout[-3000:]
    assert writes(emulated, cluster) == []
    first = install_published(emulated, files, urls_of(files), checksums())
    assert changed_steps(first) == STEPS
    assert predicted.changes("localhost") == first.changes("localhost")
    assert image(cluster, WEBHOOK) == "registry.example/eks/vpc-admission-webhook:v0.2.7"
    assert image(cluster, CONTROLLER) == "registry.example/eks/windows-vpc-resource-controller:v0.2.7"
    assert configuration(cluster)["sideEffects"] == "None"
    assert cluster.injects_address()

    files.requests.clear()
    emulated.forget_requests()
    assert changed_steps(install_published(emulated, files, urls_of(files), checksums())) == []
    assert writes(emulated, cluster) == []
    assert files.requests == [], "nothing is fetched where nothing is to be installed"


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize("case", ["another checksum", "not there", "wrong component"])
def test_manifest_that_is_not_the_expected_one_changes_nothing(emulated: Testbed, files: HttpsFiles, case: str) -> None:
    cluster = emulated.clusters["published"]
    empty(emulated, cluster)
    urls, expected = urls_of(files), checksums()
    if case == "another checksum":
        expected["webhook"] = f"sha256:{'0' * 64}"
        why = f"{urls['webhook']} has checksum {checksums()['webhook']}"
    elif case == "not there":
        urls["webhook"] = files.url("none")
        why = f"{urls['webhook']} can't be fetched: Status code was 404"
    else:
        urls["webhook"], expected["webhook"] = urls["controller"], expected["controller"]
        why = "the manifest of the webhook can't be used: it lacks Service kube-system/vpc-admission-webhook-svc"
    run = install_published(emulated, files, urls, expected)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert why in message
    assert "Steps done before: none" in message
    assert left_of_legacy(cluster) == set()
    assert not has_windows_binding(cluster)
    assert writes(emulated, cluster) == []


# The same modules with other answers of the servers: what the oldest releases run is shown by the tests around it.
@pytest.mark.thorough
@pytest.mark.newest_client
@pytest.mark.parametrize(
    ("scheme", "expected", "why"),
    [
        ("http", "of the files", "give it URLs that begin with https://"),
        ("https", None, "give both, or neither"),
        ("https", "md5:0f8ab1c6", "give it sha256: and 64 hexadecimal digits"),
    ],
)
def test_manifest_that_nobody_could_trust_is_not_asked_for(
    emulated: Testbed, files: HttpsFiles, scheme: str, expected: str | None, why: str
) -> None:
    cluster = emulated.clusters["published"]
    emulated.forget_requests()
    urls = {component: url.replace("https", scheme, 1) for component, url in urls_of(files).items()}
    given = None if expected is None else checksums()
    if given and expected != "of the files":
        given["webhook"] = expected
    run = install_published(emulated, files, urls, given)
    assert run.returncode == 2
    message = run.failure("localhost")
    assert message.startswith("Cluster published: nothing was changed.")
    assert why in message
    assert files.requests == []
    assert cluster.requests() == []
