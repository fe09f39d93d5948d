"""A Model Armor template that is used stops what it is there to stop."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.stack import Stack
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy

_TEMPLATE: Final = "gcp:modelarmor/template:Template"
_FLOOR: Final = "gcp:modelarmor/floorsetting:Floorsetting"


class Filter(enum.StrEnum):
    """What a template may look for."""

    INJECTION = "injection"
    LINKS = "links"
    PERSONAL_DATA = "personalData"
    ABUSE = "abuse"


class Filters(Settings):
    """What may be set."""

    filters: frozenset[Filter] = Field(
        default=frozenset(Filter),
        description="The filters that each template must have; fewer where several templates share the work.",
    )


@resource_policy(
    id="model-armor-filters-on",
    title="A Model Armor template filters injections, harmful links, personal data and abuse",
    severity=Severity.MEDIUM,
    why="""What callers say becomes the model's instructions. A template whose filters are off, or which only
    inspects, is asked for each sentence and stops none.""",
    fix="Switch the filters on; nothing here makes a template, so it is the service's own.",
    fix_raw="""Set `filterEnforcement` to ENABLED for injections, harmful links and personal data, give
    `raiSettings` its filters, and leave `enforcementType` at INSPECT_AND_BLOCK.""",
    rows=(190,),
    types=[_TEMPLATE, _FLOOR],
    settings=Filters,
)
def filters_on(template: Value, stack: Stack, settings: Filters) -> Iterator[str]:
    for one in sorted(settings.filters):
        yield from _LOOKS[one](template)
    if template.resource.type == _TEMPLATE:
        kind = template.at("templateMetadata.enforcementType")
        if kind.text("INSPECT_AND_BLOCK") == "INSPECT_ONLY":
            yield f"{kind.path} is INSPECT_ONLY: what the filters find passes"
    elif not template["enableFloorSettingEnforcement"].flag(False):
        yield "enableFloorSettingEnforcement is not true: the least that is asked of templates is asked of none"


# Every filter is off unless it is switched on:
# https://cloud.google.com/security-command-center/docs/model-armor-overview


def _injection(template: Value) -> Iterator[str]:
    settings = template.at("filterConfig.piAndJailbreakFilterSettings")
    if settings["filterEnforcement"].text("DISABLED") != "ENABLED":
        yield f"{settings.path}.filterEnforcement is not ENABLED: prompts that take the model over pass"
    if settings["confidenceLevel"].text("LOW_AND_ABOVE") == "HIGH":
        yield f"{settings.path}.confidenceLevel is HIGH: only the clearest of such prompts are stopped"


def _links(template: Value) -> Iterator[str]:
    enforcement = template.at("filterConfig.maliciousUriFilterSettings.filterEnforcement")
    if enforcement.text("DISABLED") != "ENABLED":
        yield f"{enforcement.path} is not ENABLED: links to harmful sites pass"


def _personal_data(template: Value) -> Iterator[str]:
    settings = template.at("filterConfig.sdpSettings")
    enforcement = settings["basicConfig"]["filterEnforcement"]
    if enforcement.text("DISABLED") == "ENABLED" or settings["advancedConfig"]["inspectTemplate"].text(""):
        return
    yield f"{enforcement.path} is not ENABLED, and no advancedConfig names a template: people's data passes"


def _abuse(template: Value) -> Iterator[str]:
    filters = template.at("filterConfig.raiSettings.raiFilters")
    if not list(filters.items()):
        yield f"{filters.path} is empty: hate, harassment and dangerous content pass"


_LOOKS: Final = {
    Filter.INJECTION: _injection,
    Filter.LINKS: _links,
    Filter.PERSONAL_DATA: _personal_data,
    Filter.ABUSE: _abuse,
}


@resource_policy(
    id="model-armor-logs-no-speech",
    title="Model Armor does not log what people say to the model",
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    why="""With its operations logged, every prompt and every answer, names, numbers and illnesses included, lies
    in the log for as long as logs are kept, readable for whoever reads logs.""",
    fix="Leave it off; the filters' verdicts are in the answer to each call.",
    fix_raw="Leave `templateMetadata.logSanitizeOperations` out.",
    rows=(190,),
    types=[_TEMPLATE],
)
def logs_no_speech(template: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # https://cloud.google.com/security-command-center/docs/configure-logging-model-armor: off by default
    logged = template.at("templateMetadata.logSanitizeOperations")
    if logged.flag(False):
        yield f"{logged.path} is true: prompts and answers are written to the log"
