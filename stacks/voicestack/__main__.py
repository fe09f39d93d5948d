"""The reference system. Read it as the architecture diagram, from the clients inwards:

clients -> edge -> frontend and api -> jobs -> worker -> assistant; each service says what it uses.
"""

from functools import partial

import pulumi

from components.database.postgres_rights import Right
from components.messaging.bigquery_subscription import BigQuerySubscription
from components.messaging.push_subscription import PushSubscription
from components.messaging.queue import Queue
from components.messaging.topic import Topic
from components.network.route import Caching, Route
from components.network.waf import Attack, Tuning
from components.observability.telemetry import write_telemetry
from components.security.service_agents import Agent
from components.service.assistant import VertexAssistant
from components.service.external_api import ExternalApi
from components.service.job import Job
from components.service.service import Exposure, Service
from stacks.app_image import deployed_image
from stacks.foundation import Foundation
from stacks.release import released_by_github
from stacks.secrets import Secrets
from stacks.sizes import container_of, scaling_of
from stacks.voicestack.events import ACTIVITY
from stacks.voicestack.needs import APIS, agents_of
from stacks.voicestack.settings import VoicestackSettings
from stacks.voicestack.stores import Stores
from stacks.watch import watch
from stacks.way_in import way_in

settings = VoicestackSettings.load()
size = settings.size
base = Foundation.of(settings, apis=APIS, agents=agents_of(settings))
env, alerts = base.env, base.alerts
run_key = base.key(Agent.CLOUD_RUN)
service = partial(
    Service, env=env, network=base.network, key=run_key, alerts=alerts, attempt=settings.revision_attempt
)
stores = Stores.of(base)
secrets = Secrets(base, generated=["jwt-signing-key"], supplied=["livekit-api-key", "openai-api-key"])
image = deployed_image(base)
telemetry = write_telemetry(env)

# Messages: the api publishes jobs, which are pushed to the worker; what users did goes to the warehouse.
jobs = Topic("jobs", env=env, key=base.key(Agent.PUBSUB), alerts=alerts)
activity = Topic("activity", env=env, schema=ACTIVITY, key=base.key(Agent.PUBSUB), alerts=alerts)
BigQuerySubscription(
    "activity", env=env, topic=activity, table=stores.warehouse.tables["user_activity"], alerts=alerts
)

# Who answers from outside.
gemini = VertexAssistant("gemini", env=env, model=settings.assistant_model, location=settings.assistant_location)
livekit = ExternalApi("livekit", env=env, url=settings.livekit_url)

frontend = service(
    "frontend",
    description="Serves the page.",
    exposure=Exposure.PUBLIC,
    container=container_of(size.frontend, image, args=["frontend"]),
    scaling=scaling_of(size.frontend),
    uses=[telemetry],
)
worker = service(
    "worker",
    description="Does the jobs.",
    exposure=Exposure.INTERNAL,
    container=container_of(
        size.worker, image, args=["worker"], variables=PushSubscription.receiver("jobs", env=env)
    ),
    scaling=scaling_of(size.worker, timeout_s=540),
    latency=None,
    uses=[
        telemetry,
        stores.postgres.connect(Right.WRITE),
        stores.documents.write(),
        stores.recordings.read(),
        stores.reports.write(),
        activity.publish(),
        gemini.predict(),
        livekit.call(),
        secrets["livekit-api-key"].read(),
        secrets["openai-api-key"].read(),
    ],
)
PushSubscription(
    "jobs",
    env=env,
    topic=jobs,
    endpoint=worker.endpoint,
    service=worker.service_name,
    handler_timeout_s=worker.timeout_s,
    alerts=alerts,
)
webhooks = Queue(
    "webhooks",
    env=env,
    endpoint=worker.endpoint,
    service=worker.service_name,
    per_second=100,
    concurrent=50,
    alerts=alerts,
)
api = service(
    "api",
    description="Answers clients.",
    exposure=Exposure.PUBLIC,
    session_affinity=True,
    container=container_of(size.api, image, args=["api"]),
    scaling=scaling_of(size.api),
    uses=[
        telemetry,
        stores.postgres.connect(Right.WRITE),
        stores.cache.connect(),
        stores.documents.read(),
        stores.recordings.create(),
        jobs.publish(),
        webhooks.enqueue(),
        secrets["jwt-signing-key"].read(),
    ],
)
migrate = Job(
    "migrate",
    env=env,
    network=base.network,
    key=run_key,
    description="Migrates the schema and grants each service its rights.",
    container=container_of(size.worker, image, args=["migrate"]),
    timeout_s=900,
    uses=[stores.postgres.own()],
)

edge = way_in(
    base,
    routes=[
        Route(name="page", service=frontend.service_name, caching=Caching.STATIC),
        Route(name="api", service=api.service_name, paths=("/api/*", "/health")),
    ],
    # "Select the best from the menu; drop the rest" is a question, and Armor takes it for SQL. What is asked goes
    # into no query, page or command: the api binds it as a value, and the page shows it as text.
    tuning={
        attack: Tuning(not_on=("/api/voice/process", "/api/v1/voice/process"))
        for attack in Attack
        if attack not in (Attack.SCANNER, Attack.KNOWN_VULNERABILITY)
    },
)
released_by_github(base, services=[frontend, api, worker], jobs=[migrate])
watch(base, services=[frontend, api, worker], promised=[api])

pulumi.export("url", edge.url)
pulumi.export("dnsRecords", edge.records)
pulumi.export("egressAddresses", list(base.network.nat_addresses))
pulumi.export("secretsWithoutVersion", secrets.lacking)
pulumi.export("migrationJob", migrate.job_name)
pulumi.export("runOnceBeforeUp", base.asked_for_by)
