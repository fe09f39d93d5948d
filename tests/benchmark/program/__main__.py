"""A synthetic system of about `resources` resources: components, links and grants as in the reference system.

Not a system to deploy: it exists to be planned, many times, at any size.
"""

from __future__ import annotations

import json

import pulumi
import pulumi_gcp as gcp

SETTINGS = pulumi.Config()
SIZE = SETTINGS.require_int("resources")
PROJECT = SETTINGS.require("gcpProject")
REGION = SETTINGS.require("region")
LABELS = {"system": "benchmark", "environment": "bench", "owner": "platform"}
PER_UNIT = 21
"""Resources that one unit makes, itself included."""


class Family(pulumi.ComponentResource):
    """The base of the components below."""

    token = "Family"

    def __init__(
        self, name: str, *, uses: list[dict[str, object]] | None = None, opts: pulumi.ResourceOptions
    ) -> None:
        self.name = name
        super().__init__(f"benchmark:family:{self.token}", name, {"uses": uses or []}, opts)

    def child(self, **options: object) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self, **options)  # type: ignore[arg-type]


class Network(Family):
    """One network with its subnet."""

    token = "Network"

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts=opts)
        self.network = gcp.compute.Network(
            name, name=name, auto_create_subnetworks=False, routing_mode="GLOBAL", opts=self.child()
        )
        self.subnet = gcp.compute.Subnetwork(
            name,
            name=f"{name}-app",
            network=self.network.id,
            ip_cidr_range="10.0.0.0/20",
            region=REGION,
            private_ip_google_access=True,
            log_config={"aggregation_interval": "INTERVAL_5_SEC", "flow_sampling": 0.5},
            opts=self.child(),
        )
        self.register_outputs({"network": self.network.id, "subnet": self.subnet.id})


class Identity(Family):
    """One service account and what every service may do."""

    token = "Identity"

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts=opts)
        self.account = gcp.serviceaccount.Account(
            name, account_id=f"id-{name}", display_name=f"Service {name}", opts=self.child()
        )
        self.grants = [
            gcp.projects.IAMMember(
                f"{name}-{role}",
                project=PROJECT,
                role=f"roles/{role}",
                member=self.account.member,
                opts=self.child(),
            )
            for role in ("logging.logWriter", "monitoring.metricWriter", "cloudtrace.agent")
        ]
        self.register_outputs({"email": self.account.email})


class Topic(Family):
    """A topic, its dead letters and a subscription to each."""

    token = "Topic"

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts=opts)
        self.topic = gcp.pubsub.Topic(
            name, name=name, labels=LABELS, message_retention_duration="604800s", opts=self.child()
        )
        self.dead = gcp.pubsub.Topic(f"{name}-dead", name=f"{name}-dead", labels=LABELS, opts=self.child())
        self.subscription = gcp.pubsub.Subscription(
            name,
            name=name,
            topic=self.topic.id,
            labels=LABELS,
            ack_deadline_seconds=60,
            expiration_policy={"ttl": ""},
            dead_letter_policy={"dead_letter_topic": self.dead.id, "max_delivery_attempts": 5},
            retry_policy={"minimum_backoff": "10s", "maximum_backoff": "600s"},
            opts=self.child(),
        )
        self.agent = gcp.pubsub.TopicIAMMember(
            f"{name}-dead-publish",
            project=PROJECT,
            topic=self.dead.name,
            role="roles/pubsub.publisher",
            member="serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
            opts=self.child(),
        )
        self.register_outputs({"topic": self.topic.id})


class Secret(Family):
    """A secret that an operator fills."""

    token = "Secret"

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts=opts)
        self.secret = gcp.secretmanager.Secret(
            name,
            secret_id=name,
            labels=LABELS,
            replication={"user_managed": {"replicas": [{"location": REGION}]}},
            opts=self.child(protect=True),
        )
        self.register_outputs({"secret": self.secret.secret_id})


class Service(Family):
    """A Cloud Run service with the grants that its links need."""

    token = "Service"

    def __init__(
        self, name: str, *, network: Network, topic: Topic, secret: Secret, opts: pulumi.ResourceOptions
    ) -> None:
        uses: list[dict[str, object]] = [
            {"access": "publish", "target": topic.name, "roles": ["roles/pubsub.publisher"]},
            {"access": "read", "target": secret.name, "roles": ["roles/secretmanager.secretAccessor"]},
        ]
        super().__init__(name, uses=uses, opts=opts)
        identity = Identity(name, opts=self.child())
        publish = gcp.pubsub.TopicIAMMember(
            f"{name}-publish",
            project=PROJECT,
            topic=topic.topic.name,
            role="roles/pubsub.publisher",
            member=identity.account.member,
            opts=self.child(),
        )
        consume = gcp.pubsub.SubscriptionIAMMember(
            f"{name}-consume",
            project=PROJECT,
            subscription=topic.subscription.name,
            role="roles/pubsub.subscriber",
            member=identity.account.member,
            opts=self.child(),
        )
        read = gcp.secretmanager.SecretIamMember(
            f"{name}-read",
            project=PROJECT,
            secret_id=secret.secret.secret_id,
            role="roles/secretmanager.secretAccessor",
            member=identity.account.member,
            opts=self.child(),
        )
        self.service = gcp.cloudrunv2.Service(
            name,
            name=name,
            location=REGION,
            ingress="INGRESS_TRAFFIC_INTERNAL_ONLY",
            labels=LABELS,
            deletion_protection=True,
            template={
                "service_account": identity.account.email,
                "timeout": "300s",
                "max_instance_request_concurrency": 80,
                "scaling": {"min_instance_count": 1, "max_instance_count": 10},
                "vpc_access": {
                    "egress": "ALL_TRAFFIC",
                    "network_interfaces": [{"network": network.network.name, "subnetwork": network.subnet.name}],
                },
                "containers": [
                    {
                        "image": f"{REGION}-docker.pkg.dev/{PROJECT}/app/app@sha256:{'0' * 64}",
                        "envs": [
                            {"name": "TOPIC", "value": topic.topic.id},
                            {
                                "name": "KEY",
                                "value_source": {
                                    "secret_key_ref": {"secret": secret.secret.secret_id, "version": "latest"}
                                },
                            },
                        ],
                        "ports": {"container_port": 8080},
                        "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "cpu_idle": True},
                        "startup_probe": {"http_get": {"path": "/ready"}, "period_seconds": 5},
                        "liveness_probe": {"http_get": {"path": "/health"}, "period_seconds": 30},
                    }
                ],
            },
            opts=self.child(depends_on=[publish, consume, read]),
        )
        gcp.cloudrunv2.ServiceIamMember(
            f"{name}-invoke",
            project=PROJECT,
            location=REGION,
            name=self.service.name,
            role="roles/run.invoker",
            member=identity.account.member,
            opts=self.child(),
        )
        metric = gcp.logging.Metric(
            name,
            name=f"{name}-errors",
            filter=f'resource.type="cloud_run_revision" AND resource.labels.service_name="{name}"',
            metric_descriptor={"metric_kind": "DELTA", "value_type": "INT64"},
            opts=self.child(),
        )
        gcp.monitoring.AlertPolicy(
            name,
            display_name=f"{name} fails",
            combiner="OR",
            user_labels=LABELS,
            conditions=[
                {
                    "display_name": "errors",
                    "condition_threshold": {
                        "filter": metric.name.apply(
                            lambda it: (
                                f'metric.type="logging.googleapis.com/user/{it}" '
                                'AND resource.type="cloud_run_revision"'
                            )
                        ),
                        "comparison": "COMPARISON_GT",
                        "threshold_value": 1,
                        "duration": "60s",
                        "aggregations": [{"alignment_period": "60s", "per_series_aligner": "ALIGN_RATE"}],
                    },
                }
            ],
            opts=self.child(),
        )
        self.register_outputs({"url": self.service.uri, "name": self.service.name})


provider = gcp.Provider("google", project=PROJECT, region=REGION)
top = pulumi.ResourceOptions(providers=[provider])
shared = Network("shared", opts=top)
urls = {}
for number in range(max(1, (SIZE - 5) // PER_UNIT)):
    unit = f"u{number:04d}"
    topic = Topic(f"{unit}-jobs", opts=top)
    secret = Secret(f"{unit}-key", opts=top)
    service = Service(f"{unit}-api", network=shared, topic=topic, secret=secret, opts=top)
    urls[unit] = service.service.uri
pulumi.export("urls", pulumi.Output.all(**urls).apply(json.dumps))
