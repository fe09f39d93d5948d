"""What is easily planned wrongly: empty values, nested unknowns, secrets, options, aliases, echoed properties."""

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random


class Box(pulumi.ComponentResource):
    """A component with properties of its own."""

    def __init__(self, name: str, props: dict[str, object], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("quirks:box:Box", name, props, opts)


provider = gcp.Provider("google", project="quirks-project", region="europe-west1", user_project_override=True)
options = pulumi.ResourceOptions(provider=provider)
box = Box(
    "box", {"text": "plain", "none": None, "empty": {}, "list": [], "nested": {"none": None, "deep": [None, 1]}}
)
inner = Box("inner", {"echo": pulumi.get(box, "text")})
topic = gcp.pubsub.Topic(
    "topic",
    name="topic",
    labels={"a": "1"},
    opts=pulumi.ResourceOptions.merge(
        options,
        pulumi.ResourceOptions(
            protect=True,
            ignore_changes=["labels", "messageRetentionDuration"],
            retain_on_delete=True,
            delete_before_replace=True,
            replace_on_changes=["name"],
            custom_timeouts=pulumi.CustomTimeouts(create="10m", delete="1h"),
            aliases=[pulumi.Alias(name="older")],
            additional_secret_outputs=["kmsKeyName"],
        ),
    ),
)
account = gcp.serviceaccount.Account("account", account_id="account-1", opts=options)
subscription = gcp.pubsub.Subscription(
    "subscription",
    name="subscription",
    topic=topic.id,
    push_config={"push_endpoint": "https://push.example.com", "attributes": {"tier": "v1"}},
    opts=pulumi.ResourceOptions.merge(
        options, pulumi.ResourceOptions(deleted_with=topic, depends_on=[account], parent=topic)
    ),
)
secret = gcp.secretmanager.Secret("secret", secret_id="secret", replication={"auto": {}}, opts=options)
version = gcp.secretmanager.SecretVersion(
    "version", secret=secret.id, secret_data=pulumi.Output.secret("hunter2"), opts=options
)
password = random.RandomPassword("password", length=20)
Box(
    "seen",
    {
        "labels": topic.effective_labels,
        "kms": topic.kms_key_name,
        "name": topic.name,
        "path": topic.id.apply(lambda it: f"x-{it}"),
        "all": pulumi.Output.all(topic.name, topic.id),
        "concat": pulumi.Output.concat("a", topic.name, "b"),
        "format": pulumi.Output.format("{0}/{1}", topic.name, account.email),
        "json": pulumi.Output.json_dumps({"name": topic.name, "id": topic.id}),
        "mixed": {"known": topic.name, "unknown": topic.id, "secret": pulumi.Output.secret({"a": topic.name})},
        "data": version.secret_data,
        "member": account.member,
        "unique": account.unique_id,
        "resource": topic,
        "ttl": subscription.expiration_policy,
        "endpoint": subscription.push_config.push_endpoint,
        "attributes": subscription.push_config.attributes["tier"],
        "float": 1.5,
        "whole": 2.0,
        "big": 12345678901,
        "password": password.result,
        "hash": password.bcrypt_hash,
        "asset": pulumi.StringAsset("text"),
        "providerProject": pulumi.get(provider, "project"),
    },
)
pulumi.export("name", topic.name)
