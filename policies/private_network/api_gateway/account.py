"""As whom an API Gateway calls what is behind it."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.access.members import DEFAULT_ACCOUNT
from analysis.access.running import running
from analysis.grants import ACCOUNT
from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.private_network.api_gateway.operations import CONFIG


@resource_policy(
    id="api-gateway-own-account",
    title="An API Gateway calls services as an account of its own",
    severity=Severity.HIGH,
    why="""Left out, the gateway signs as the project's default Compute Engine account, which many things share and
    which often is an editor. Shared with a service, it may do whatever that service may.""",
    fix="Make an `Identity` for the gateway, let it `invoke()` the service, and name it in the configuration.",
    fix_raw="Set `gatewayConfig.backendConfig.googleServiceAccount` to an account that nothing else uses.",
    rows=(136,),
    types=[CONFIG],
)
def own_account(config: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    account = config.at("gatewayConfig.backendConfig.googleServiceAccount")
    made = stack.referred(account, ACCOUNT)
    named = "" if made else account.text("").rpartition("/")[2].removeprefix("serviceAccount:").lower()
    if not made and not named:
        # https://www.pulumi.com/registry/packages/gcp/api-docs/apigateway/apiconfig/ ("gatewayConfig")
        yield f"{account.path} is left out: the gateway calls as the default Compute Engine account"
        return
    if DEFAULT_ACCOUNT.fullmatch(f"serviceaccount:{named}"):
        yield f"{account.path} is a default account, which many things share"
        return
    for one in stack.once(running):
        if (one.account in made) if made else one.runs_as(named):
            yield f"{account.path} is the account of {one.name}: the gateway may do whatever that may"
            return
