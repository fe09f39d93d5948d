"""What is watched of a whole system: its public address, its promises, its dashboards, its budget.

What a single entity is watched for is with the entity.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.observability.budget import BillingAccount, Budget
from components.observability.dashboard_errors import error_analysis
from components.observability.dashboard_performance import api_performance
from components.observability.dashboard_service import service_dashboard
from components.observability.dashboard_usage import usage_analytics
from components.observability.slo import ServiceLevel
from components.observability.uptime import UptimeCheck
from components.service.service import Service
from stacks.foundation import Foundation


def watch(base: Foundation, *, services: Sequence[Service], promised: Sequence[Service]) -> None:
    """Dashboards over `services`, a service-level objective for each that is `promised`, and the rest."""
    env, settings, alerts = base.env, base.settings, base.alerts
    UptimeCheck("public", env=env, host=settings.domain, alerts=alerts)
    for service in promised:
        ServiceLevel(f"{service.name}-level", env=env, service_name=service.endpoint.name, alerts=alerts)
    names = [service.endpoint.name for service in services]
    api_performance(env, services=names)
    error_analysis(env, services=names, metrics=base.application)
    usage_analytics(env, services=names, metrics=base.application)
    for service in services:
        service_dashboard(
            env,
            purpose=service.name,
            service_name=service.endpoint.name,
            max_instances=service.scaling.most,
            latency=service.latency,
        )
    if settings.has_budget:
        warning, limit = settings.size.budget
        Budget(
            "monthly",
            env=env,
            account=BillingAccount(id=settings.billing_account, currency=settings.currency),
            limit=limit,
            warn_at=[warning],
            emails=base.alerting.emails,
        )
