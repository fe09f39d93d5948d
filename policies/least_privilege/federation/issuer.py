"""Federation trusts the issuers that the organisation has chosen, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy
from policies.engine.settings_kinds import Words
from policies.least_privilege.federation.condition import PROVIDER


class IssuerSettings(Settings):
    """Whom federation may trust."""

    issuers: Words = Field(
        default=("https://token.actions.githubusercontent.com",),
        description="Addresses of OIDC issuers; what is below one counts too (an enterprise's own issuer).",
    )
    aws_accounts: Words = Field(default=(), description="Numbers of AWS accounts.")
    saml: bool = Field(default=False, description="Whether SAML providers are trusted.")
    x509: bool = Field(default=False, description="Whether providers of X.509 certificates are trusted.")


@resource_policy(
    id="federation-issuer-is-chosen",
    title="Federation trusts only the issuers that are chosen for it",
    severity=Severity.HIGH,
    why="""Whoever controls an issuer makes tokens for any identity of the pool. Which are trusted is a decision of
    the organisation, and one more is one more way in.""",
    fix="""Use `GithubFederation`, or name the issuer in the policy's `issuers` once the organisation has chosen
    it.""",
    fix_raw="Take the provider away, or name what it trusts in the policy's settings.",
    rows=(162,),
    settings=IssuerSettings,
    types=[PROVIDER],
)
def issuer_is_chosen(provider: Value, stack: Stack, settings: IssuerSettings) -> Iterator[str]:
    if provider["oidc"].present:
        address = provider.at("oidc.issuerUri").text("").strip().rstrip("/").lower()
        chosen = (one.rstrip("/").lower() for one in settings.issuers)
        if not any(address == one or address.startswith(f"{one}/") for one in chosen):
            yield f"oidc.issuerUri is '{address}', which is not among the issuers that are chosen"
    if provider["aws"].present:
        account = provider.at("aws.accountId").text("")
        if account not in settings.aws_accounts:
            yield f"aws.accountId is '{account}', which is not among the AWS accounts that are chosen"
    for kind, trusted in (("saml", settings.saml), ("x509", settings.x509)):
        if provider[kind].present and not trusted:
            yield f"{kind} is set, and providers of that kind are not chosen"
