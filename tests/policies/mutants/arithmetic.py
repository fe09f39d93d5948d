"""Edits after which numbers no longer go together: each is sound by itself."""

from typing import Any

from tests.policies.mutation import Draft, mutant

SERVICE = "cloudrunv2/service:Service"
SUBSCRIPTION = "pubsub/subscription:Subscription"
QUEUE = "cloudtasks/queue:Queue"
INSTANCE = "sql/databaseInstance:DatabaseInstance"
SUBNET = "compute/subnetwork:Subnetwork"
NAT = "compute/routerNat:RouterNat"
ALERT = "monitoring/alertPolicy:AlertPolicy"


def _template(draft: Draft, name: str) -> dict[str, Any]:
    template: dict[str, Any] = draft.inputs(SERVICE, name)["template"]
    return template


def _instances(draft: Draft, name: str, most: int) -> None:
    _template(draft, name)["scaling"]["maxInstanceCount"] = most


def _pool(draft: Draft, name: str, size: str) -> None:
    _template(draft, name)["containers"][0]["envs"].append({"name": "DATABASE_POOL", "value": size})


def _connections(draft: Draft, name: str, most: str | None) -> None:
    settings = draft.inputs(INSTANCE, name)["settings"]
    kept = [flag for flag in settings["databaseFlags"] if flag["name"] != "max_connections"]
    settings["databaseFlags"] = kept + ([{"name": "max_connections", "value": most}] if most else [])


# More instances than the alert expects are more than the addresses of the subnet, too.
@mutant("sql-connections-fit", stack="staging")
def the_worker_of_staging_has_twice_the_instances(draft: Draft) -> None:
    _instances(draft, "worker", 10)


@mutant("sql-connections-fit")
def the_api_opens_ten_connections_an_instance(draft: Draft) -> None:
    _pool(draft, "api", "10")


@mutant("sql-connections-fit", stack="staging", also=("alert-can-be-raised",))
def the_smallest_database_takes_its_default(draft: Draft) -> None:
    _connections(draft, "postgres", None)


@mutant("sql-connections-fit")
def the_replica_takes_fewer_connections(draft: Draft) -> None:
    _connections(draft, "postgres-read-1", "200")


@mutant("sql-connections-fit")
def migrations_run_in_a_hundred_tasks(draft: Draft) -> None:
    template = draft.inputs("cloudrunv2/job:Job", "migrate")["template"]
    template.update(taskCount=100, parallelism=50)
    _pool(draft, "worker", "1")
    _pool(draft, "api", "6")


@mutant("subnet-addresses-fit", also=("sql-connections-fit",))
def the_api_has_two_hundred_instances(draft: Draft) -> None:
    _instances(draft, "api", 200)


@mutant("subnet-addresses-fit", also=("network-ranges-disjoint",))
def the_app_subnet_is_halved(draft: Draft) -> None:
    draft.inputs(SUBNET, "network-app")["ipCidrRange"] = "10.0.1.0/25"


@mutant("subnet-addresses-fit", stack="staging")
def the_app_subnet_is_smaller_than_cloud_run_takes(draft: Draft) -> None:
    one = draft.inputs(SUBNET, "network-app")
    one["ipCidrRange"] = one["ipCidrRange"].replace("/24", "/28")


@mutant("subnet-addresses-fit")
def the_page_has_no_maximum_of_instances(draft: Draft) -> None:
    del _template(draft, "frontend")["scaling"]


@mutant("nat-ports-fit")
def each_instance_holds_two_thousand_ports(draft: Draft) -> None:
    draft.inputs(NAT)["minPortsPerVm"] = 2048


@mutant("nat-ports-fit", stack="staging")
def each_instance_of_staging_holds_eight_thousand_ports(draft: Draft) -> None:
    draft.inputs(NAT)["minPortsPerVm"] = 8192


@mutant("nat-ports-fit")
def the_gateway_has_one_address_for_a_thousand_ports_each(draft: Draft) -> None:
    nat = draft.inputs(NAT)
    nat["natIps"] = nat["natIps"][:1]
    nat["minPortsPerVm"] = 1024


@mutant("call-outlasts-handler")
def messages_come_again_while_the_worker_works(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs")["ackDeadlineSeconds"] = 60


@mutant("call-outlasts-handler", stack="staging")
def the_deadline_is_left_to_google(draft: Draft) -> None:
    del draft.inputs(SUBSCRIPTION, "jobs")["ackDeadlineSeconds"]


@mutant("call-outlasts-handler")
def the_worker_holds_a_room_for_an_hour(draft: Draft) -> None:
    _template(draft, "worker")["timeout"] = "3600s"


@mutant("queue-within-capacity")
def the_worker_takes_one_request_at_a_time(draft: Draft) -> None:
    _template(draft, "worker")["maxInstanceRequestConcurrency"] = 1


@mutant("queue-within-capacity", stack="staging")
def the_queue_of_staging_sends_too_many_at_once(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["rateLimits"]["maxConcurrentDispatches"] = 51


@mutant("queue-within-capacity")
def the_queue_sends_a_thousand_at_once(draft: Draft) -> None:
    draft.inputs(QUEUE, "webhooks")["rateLimits"]["maxConcurrentDispatches"] = 1000


@mutant("dead-letters-await-somebody")
def dead_letters_are_gone_after_a_day(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "jobs-dead-letter")["messageRetentionDuration"] = "86400s"


@mutant("dead-letters-await-somebody", stack="staging")
def dead_letters_of_staging_are_gone_after_ten_minutes(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "activity-dead-letter")["messageRetentionDuration"] = "600s"


@mutant("dead-letters-await-somebody")
def dead_letters_are_gone_before_the_week_is_over(draft: Draft) -> None:
    draft.inputs(SUBSCRIPTION, "activity-dead-letter")["messageRetentionDuration"] = "432000s"


def _asks(draft: Draft, name: str, before: str, after: str) -> None:
    condition = draft.inputs(ALERT, name)["conditions"][0]["conditionPrometheusQueryLanguage"]
    assert before in condition["query"], condition["query"]
    condition["query"] = condition["query"].replace(before, after)


@mutant("alert-can-be-raised")
def the_alert_waits_for_more_instances_than_there_may_be(draft: Draft) -> None:
    _asks(draft, "worker-strain", "> 24", "> 40")


@mutant("alert-can-be-raised")
def fewer_instances_than_the_alert_waits_for(draft: Draft) -> None:
    _instances(draft, "api", 20)


@mutant("alert-can-be-raised")
def the_alert_waits_for_more_connections_than_there_may_be(draft: Draft) -> None:
    _asks(draft, "postgres-limits", "> 400", "> 500")


@mutant("alert-can-be-raised", stack="staging")
def memory_is_a_percentage(draft: Draft) -> None:
    _asks(draft, "worker-strain", "> 0.9", "> 90")


@mutant("alert-can-be-raised")
def the_alert_waits_for_answers_later_than_the_time_out(draft: Draft) -> None:
    _asks(draft, "api-strain", "> 5000", "> 500000")
