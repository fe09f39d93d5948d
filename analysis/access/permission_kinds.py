"""What a permission lets its holder do beyond its own service: escalate, or reach what a system keeps.

The tables are not all of Google's: a service that is in none of them has no kind, except that setting an IAM
policy and minting a token escalate in every service.
"""

from __future__ import annotations

import enum
from typing import Final


class Escalation(enum.StrEnum):
    """How a permission lets its holder reach what was not granted to it, in words that follow 'can'."""

    IDENTITY = "act as another identity"
    """Tokens, keys, signatures, and attaching a service account to something that runs."""
    ACCESS = "change who has access"
    """IAM policies, roles, deny policies, federation, organisation policies, and the tags that conditions read."""
    CODE = "run code as an attached identity"
    """To create such code takes `iam.serviceAccounts.actAs` as well, to get into what runs often does not."""


def escalation(permission: str) -> Escalation | None:
    """How the permission escalates; None if it does not, or is of a service that the tables below lack."""
    resource, _, verb = permission.rpartition(".")
    anywhere = _ANYWHERE.get(verb)
    if anywhere is not None:
        return anywhere
    return next((kind for kind, table in _ESCALATES.items() if verb in table.get(resource, ())), None)


def accesses_data(permission: str) -> bool:
    """Whether the permission reads or writes what a system keeps for its users, or calls a service of it."""
    resource, _, verb = permission.rpartition(".")
    return verb in _DATA.get(resource, ())


def _table(text: str) -> dict[str, frozenset[str]]:
    """{resource: verbs} from lines of `resource: verb verb …`."""
    pairs = (line.partition(":") for line in text.split("\n") if line.strip())
    return {resource.strip(): frozenset(verbs.split()) for resource, _, verbs in pairs}


# Verbs that mean one thing whatever the service.
# https://cloud.google.com/iam/docs/recommender-best-practices names these two first.
_ANYWHERE: Final = {
    "setIamPolicy": Escalation.ACCESS,
    "setZoneIamPolicy": Escalation.ACCESS,
    "actAs": Escalation.IDENTITY,
    "actAsAdmin": Escalation.IDENTITY,
    "generateAccessToken": Escalation.IDENTITY,
    "getAdminKubeconfig": Escalation.IDENTITY,
    "mintOAuthToken": Escalation.IDENTITY,
    "retrieveCredentials": Escalation.IDENTITY,
}

_ESCALATES: Final = {
    # https://cloud.google.com/iam/docs/service-account-permissions
    # An HMAC key or an API key stands for an account as well; `serviceusage.apiKeys` is their former name.
    # https://cloud.google.com/storage/docs/authentication/hmackeys
    Escalation.IDENTITY: _table("""
        iam.serviceAccounts: getAccessToken getOpenIdToken implicitDelegation signBlob signJwt
        iam.serviceAccountKeys: create
        iam.serviceAccountApiKeyBindings: create undelete
        storage.hmacKeys: create
        apikeys.keys: create getKeyString
        serviceusage.apiKeys: create list regenerate
        bigquery.connections: delegate use
        cloudbuild.repositories: accessReadToken accessReadWriteToken
        container.clusters: getCredentials impersonate
        container.serviceAccounts: createToken
        datafusion.namespaces: provisionCredential setServiceAccount
        developerconnect.gitRepositoryLinks: fetchReadToken fetchReadWriteToken
        edgecontainer.clusters: generateOfflineCredential
        gkehub.gateway: generateCredentials
    """),
    # A binding's condition may ask for a tag, so who sets tags widens it:
    # https://cloud.google.com/iam/docs/tags-access-control
    # Who changes a pool or its provider decides whom it trusts:
    # https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation
    Escalation.ACCESS: _table("""
        iam.roles: create undelete update
        iam.denypolicies: delete update
        iam.accesspolicies: bind create update
        iam.principalaccessboundarypolicies: delete unbind update
        iam.googleapis.com/workloadIdentityPools: create setAttestationRules undelete update
        iam.googleapis.com/workloadIdentityPoolProviders: create undelete update
        iam.googleapis.com/workloadIdentityPoolProviderKeys: create undelete
        iam.googleapis.com/workloadIdentityPoolNamespaces: create undelete update
        iam.googleapis.com/workloadIdentityPoolManagedIdentities: create setAttestationRules undelete update
        iam.googleapis.com/workforcePools: create undelete update
        iam.googleapis.com/workforcePoolProviders: create undelete update
        iam.googleapis.com/workforcePoolProviderKeys: create undelete
        iam.googleapis.com/workforcePoolProviderScimGroups: create patch put
        iam.googleapis.com/workforcePoolProviderScimUsers: create patch put
        orgpolicy.policy: set
        orgpolicy.policies: create delete update
        orgpolicy.customConstraints: delete update
        privilegedaccessmanager.entitlements: create update
        privilegedaccessmanager.grants: approve
        resourcemanager.tagValueBindings: create delete
        container.clusterRoleBindings: create update
        container.clusterRoles: bind escalate update
        container.roleBindings: create update
        container.roles: bind escalate update
        gkehub.membershipbindings: create update
        gkehub.rbacrolebindings: create update
    """),
    # https://cloud.google.com/iam/docs/attach-service-accounts lists the services; the others change what already
    # runs: a shell in it, its image, its start-up script, or a call that it makes with its own token.
    Escalation.CODE: _table("""
        run.services: create sshRead sshRoot update
        run.jobs: create run runWithOverrides sshRead sshRoot update
        run.workerpools: create sshRead sshRoot update
        run.instances: create sshRead sshRoot start update
        cloudfunctions.functions: create generationUpgrade sourceCodeSet update
        firebaseapphosting.builds: create
        firebaseapphosting.rollouts: create update
        appengine.versions: create update
        cloudbuild.builds: approve create update
        clouddeploy.automations: create update
        clouddeploy.customTargetTypes: create update
        clouddeploy.deliveryPipelines: create update
        clouddeploy.releases: create
        clouddeploy.rollouts: advance approve create retryJob rollback
        clouddeploy.targets: create update
        config.deploymentgroups: create provision update
        config.deployments: create update
        config.previews: create
        deploymentmanager.deployments: cancelPreview create delete stop update
        krmapihosting.krmApiHosts: create update
        cloudscheduler.jobs: create update
        cloudtasks.tasks: create
        eventarc.pipelines: create update
        eventarc.triggers: create update
        workflows.workflows: create update
        integrations.integrationVersions: create deploy update
        storagetransfer.jobs: create run update
        compute.instances: create osAdminLogin osLogin setMetadata setServiceAccount update
        compute.instanceGroupManagers: create update
        compute.instanceTemplates: create
        compute.projects: setCommonInstanceMetadata setDefaultServiceAccount
        compute.vmExtensionPolicies: create update
        osconfig.guestPolicies: create update
        osconfig.osPolicyAssignments: create update
        osconfig.patchDeployments: create execute update
        osconfig.patchJobs: exec
        osconfig.policyOrchestrators: create update
        tpu.nodes: create update
        workstations.workstationConfigs: create update
        workstations.workstations: create use
        container.clusters: create update
        container.cronJobs: create update
        container.daemonSets: create update
        container.deployments: create update
        container.jobs: create update
        container.nodes: proxy
        container.pods: attach create exec proxy update
        container.replicaSets: create update
        container.replicationControllers: create update
        container.statefulSets: create update
        batch.jobs: create
        composer.dags: execute
        composer.environments: create executeAirflowCommand update
        bigquery.transfers: update
        dataflow.jobs: create updateContents
        datapipelines.pipelines: create run update
        dataform.workflowConfigs: create update
        dataform.workflowInvocations: create
        datafusion.instances: create update
        datafusion.pipelines: create execute update
        dataproc.batches: create
        dataproc.clusters: create update use
        dataproc.jobs: create update
        dataproc.sessions: create
        dataproc.workflowTemplates: create instantiate instantiateInline update
        dataprocrm.nodePools: create
        dataprocrm.workloads: create
        managedflink.deployments: create update
        managedflink.jobs: create update
        lifesciences.workflows: run
        notebooks.executions: create
        notebooks.instances: create update updateConfig use
        notebooks.runtimes: create update
        notebooks.schedules: create
        aiplatform.batchPredictionJobs: create
        aiplatform.customJobs: create
        aiplatform.endpoints: deploy
        aiplatform.hyperparameterTuningJobs: create
        aiplatform.nasJobs: create
        aiplatform.notebookExecutionJobs: create
        aiplatform.notebookRuntimes: assign start update
        aiplatform.notebookRuntimeTemplates: apply create update
        aiplatform.persistentResources: create
        aiplatform.pipelineJobs: create
        aiplatform.reasoningEngines: create update
        aiplatform.schedules: create update
        aiplatform.trainingPipelines: create
        ml.jobs: create
        ml.versions: create update
    """),
}

_DATA: Final = _table("""
    storage.objects: create delete get list move restore update
    storage.multipartUploads: create
    secretmanager.versions: access add destroy
    parametermanager.parameterVersions: create get render update
    bigquery.dataPolicies: getRawData maskedGet
    bigquery.datasets: delete link
    bigquery.models: export getData updateData
    bigquery.objectRefs: read write
    bigquery.readsessions: create getData
    bigquery.rowAccessPolicies: getFilteredData overrideTimeTravelRestrictions
    bigquery.tables: createSnapshot delete export getData replicateData restoreSnapshot updateData
    datastore.backups: restoreDatabase
    datastore.databases: bulkDelete clone delete export import
    datastore.entities: create delete get list update
    firebaseauth.users: create createSession delete get update
    pubsub.snapshots: seek
    pubsub.subscriptions: consume
    pubsub.topics: attachSubscription publish
    cloudtasks.queues: purge
    cloudtasks.tasks: fullView
    cloudscheduler.jobs: fullView
    eventarc.channels: publish
    eventarc.messageBuses: publish
    cloudsql.backupRuns: export
    cloudsql.instances: clone connect delete executeSql export import login restoreBackup
    cloudsql.users: create update
    alloydb.clusters: delete export import
    alloydb.instances: connect executeSql executeSqlReadOnly
    alloydb.users: create login update
    redis.backups: export
    redis.clusters: backup connect delete
    redis.instances: delete export getAuthString import
    memorystore.backups: export
    memorystore.instances: backup connect delete
    spanner.backups: copy restoreDatabase
    spanner.databases: createBackup drop partitionQuery partitionRead read select write
    bigtable.authorizedViews: mutateRows readRows
    bigtable.backups: read restore
    bigtable.instances: executeQuery
    bigtable.tables: mutateRows readRows
    cloudkms.cryptoKeyVersions: destroy manageRawAesCbcKeys manageRawAesCtrKeys manageRawPKCS1Keys \
useToDecapsulate useToDecrypt useToDecryptViaDelegation useToEncrypt useToEncryptViaDelegation useToSign
    run.instances: invoke
    run.routes: invoke
    cloudfunctions.functions: call invoke sourceCodeGet
    iap.tunnelDestGroups: accessViaIAP
    iap.tunnelInstances: accessViaIAP
    iap.webServiceVersions: accessViaIAP
    workflows.callbacks: send
    workflows.executions: create
    logging.buckets: copyLogEntries
    logging.fields: access
    logging.logEntries: download list
    logging.logs: delete
    logging.privateLogEntries: list
    logging.sinks: create update
    logging.views: access
    observability.views: access
    artifactregistry.files: download upload
    artifactregistry.repositories: deleteArtifacts downloadArtifacts exportArtifacts readViaVirtualRepository \
uploadArtifacts
    aiplatform.endpoints: explain predict
    aiplatform.memories: create get list retrieve update
    aiplatform.ragCorpora: query
    aiplatform.reasoningEngines: query
    aiplatform.sessionEvents: append list
    aiplatform.sessions: create get list run update
    speech.recognizers: recognize
    compute.disks: createSnapshot useReadOnly
    compute.instances: getScreenshot getSerialPortOutput
    compute.snapshots: useReadOnly
    composer.userworkloadssecrets: create get list update
    container.secrets: create get list update
    datafusion.secureKeys: getSecret
""")
