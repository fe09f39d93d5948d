"""Only images that the project's policy admits are started, and that policy does not admit all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.stack import Stack
from analysis.value import Value
from analysis.workloads.containers import listed
from analysis.workloads.templates import PLACES, SERVICE_V1, What, find, having, is_set, place_of
from policies.engine.doubts import Doubts
from policies.engine.policy import Looked, Problem, Result, Settings, Severity, each, resource_policy, stack_policy

_POLICY: Final = "gcp:binaryauthorization/policy:Policy"
_ASKING: Final[tuple[What, ...]] = ("image_policy", "image_policy_named")


@resource_policy(
    id="run-binary-authorization",
    title="Binary Authorization decides which images a workload may run, without exception",
    severity=Severity.HIGH,
    why="""Whoever may deploy, a stolen pipeline token included, can otherwise start any image there is, with the
    workload's identity and secrets. A break-glass justification goes around the check and stays until
    removed.""",
    fix="Use the `Service`, `Job` or `WorkerPool` component: they always ask the project's policy.",
    fix_raw="""Set `binaryAuthorization.useDefault` to true (in the v1 API the annotation
    run.googleapis.com/binary-authorization to default, for a function `serviceConfig.binaryAuthorizationPolicy`)
    and leave `breakglassJustification` out.""",
    rows=(41, 46),
    types=having(*_ASKING),
)
def binary_authorization(workload: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    doubts = Doubts()
    with doubts:
        if find(workload, "image_policy_broken").has_text:
            yield f"{place_of(workload, 'image_policy_broken')} is set: any image runs, whatever the policy says"
    with doubts:
        # Off unless asked for: https://cloud.google.com/binary-authorization/docs/run/enabling-binauthz-cloud-run
        if not _asks(workload):
            what = next(what for what in _ASKING if what in PLACES[workload.resource.type])
            said = "is false" if is_set(find(workload, what)) else "is left out"
            yield f"{place_of(workload, what)} {said}: whatever image is deployed here runs"
    doubts.tell()


def _asks(workload: Value) -> bool:
    """Whether some policy is asked before an image is started."""
    default = find(workload, "image_policy")
    if workload.resource.type == SERVICE_V1:
        # There the annotation is `default` or the name of a policy.
        return default.text("") not in ("", "false")
    return default.flag(False) or find(workload, "image_policy_named").text("") != ""


class ImagePolicySettings(Settings):
    """Where the project's policy is made."""

    made_elsewhere: bool = False
    """Whether another program makes the project's Binary Authorization policy."""


@stack_policy(
    id="image-policy-not-open",
    title="The project's Binary Authorization policy blocks images that nobody admitted",
    severity=Severity.HIGH,
    why="""A project's own first policy admits every image, and so does one that always allows, only writes to
    the log, or admits a pattern that covers everybody's images: workloads that ask it are not protected.""",
    fix="Make the stack's `ProjectBaseline` (`stacks/foundation.py`): it admits the system's own repository only.",
    fix_raw="""Make a `gcp.binaryauthorization.Policy` whose `defaultAdmissionRule` is ALWAYS_DENY or
    REQUIRE_ATTESTATION with ENFORCED_BLOCK_AND_AUDIT_LOG, and admit your repositories by
    `admissionWhitelistPatterns`.""",
    rows=(41,),
    settings=ImagePolicySettings,
)
def image_policy_not_open(stack: Stack, settings: ImagePolicySettings) -> Iterator[Result]:
    made = stack.of_type(_POLICY)
    asking = stack.of_type(*having(*_ASKING))
    if asking and not made and not settings.made_elsewhere:
        yield Looked(stack.root)
        yield Problem(
            stack.root,
            "the stack makes no Binary Authorization policy, and a project's first one admits every image",
        )
    yield from each(made, _open)


def _open(policy: Value) -> Iterator[str]:
    rule = policy["defaultAdmissionRule"]
    doubts = Doubts()
    for key, closed in (("evaluationMode", _DECIDES), ("enforcementMode", _BLOCKS)):
        with doubts:
            mode = rule[key].text("")
            if mode not in closed:
                yield f"{rule.path}.{key} is {mode or 'left out'}: images that nobody admitted run all the same"
    for pattern in listed(policy["admissionWhitelistPatterns"]):
        with doubts:
            admitted = pattern["namePattern"].text("")
            # A star admits whatever the rest of the name is: the owner of the images, a project, stands before it.
            _, slash, path = admitted.partition("/")
            if "*" in (path.partition("/")[0] if slash else admitted):
                yield f"{pattern.path}.namePattern is {admitted}: it admits images of everybody's projects"
    doubts.tell()


_DECIDES: Final = ("ALWAYS_DENY", "REQUIRE_ATTESTATION")
_BLOCKS: Final = ("ENFORCED_BLOCK_AND_AUDIT_LOG",)
