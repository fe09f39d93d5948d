"""What an agent of Dialogflow CX says to its webhooks goes over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="dialogflow-webhook-encrypted",
    title="A webhook of Dialogflow CX is called over HTTPS",
    severity=Severity.HIGH,
    why="""Each call carries what the caller just said and the session's parameters, with the token that proves it
    is Dialogflow. Over plain HTTP whoever is on the way reads and changes both.""",
    fix="Let the webhook be a `Service` behind the `Edge`, whose address is `https://`.",
    fix_raw="Set `uri` of `genericWebService`, also of `serviceDirectory`, to an `https://` address.",
    types=["gcp:diagflow/cxWebhook:CxWebhook"],
)
def webhook_encrypted(webhook: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/dialogflow/cx/docs/concept/webhook#ssl
    for block in (webhook, webhook["serviceDirectory"]):
        uri = block["genericWebService"]["uri"]
        if uri.raw is not None and _scheme(uri) == "http":
            yield f"{uri.path} begins with http://: what callers say goes over the net in the clear"


def _scheme(uri: Value) -> str:
    """The part before ://, which a text that ends in an unknown may tell already."""
    head, _, _ = (uri.raw if isinstance(uri.raw, str) and "://" in uri.raw else uri.text("")).partition("://")
    return head.strip().lower()
