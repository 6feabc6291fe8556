"""Which services have service-linked roles, how those are called, and what they may do.

Each service's guide says so under "Using service-linked roles"; these are the common ones. `suffix`: whether
an account may have several roles of the service, told apart by a suffix.
"""

from dataclasses import dataclass

PREFIX = "AWSServiceRoleFor"


@dataclass(frozen=True, slots=True)
class LinkedService:
    """A service's role: `role` follows on `PREFIX`, `policy` is the AWS-managed policy attached to it."""

    principal: str
    role: str
    policy: str
    suffix: bool = False


def _scaled(what: str, policy: str) -> LinkedService:
    """Application Auto Scaling has a role for each kind of resource that it scales."""
    principal, _, kind = what.partition(" ")
    return LinkedService(
        f"{principal}.application-autoscaling.amazonaws.com",
        f"ApplicationAutoScaling_{kind}",
        f"AWSApplicationAutoscaling{policy}Policy",
    )


_SERVICES = (
    LinkedService("access-analyzer.amazonaws.com", "AccessAnalyzer", "AccessAnalyzerServiceRolePolicy"),
    LinkedService("acm.amazonaws.com", "CertificateManager", "CertificateManagerServiceRolePolicy"),
    LinkedService("appmesh.amazonaws.com", "AppMesh", "AWSAppMeshServiceRolePolicy"),
    LinkedService("autoscaling.amazonaws.com", "AutoScaling", "AutoScalingServiceRolePolicy", suffix=True),
    LinkedService("backup.amazonaws.com", "Backup", "AWSBackupServiceLinkedRolePolicyForBackup"),
    LinkedService("batch.amazonaws.com", "Batch", "BatchServiceRolePolicy"),
    LinkedService(
        "cks.kms.amazonaws.com",
        "KeyManagementServiceCustomKeyStores",
        "AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy",
    ),
    LinkedService("cloudhsm.amazonaws.com", "CloudHSM", "CloudHSMServiceRolePolicy"),
    LinkedService("cloudtrail.amazonaws.com", "CloudTrail", "CloudTrailServiceRolePolicy"),
    LinkedService(
        "cloudwatch-crossaccount.amazonaws.com", "CloudWatchCrossAccount", "CloudWatch-CrossAccountAccess"
    ),
    LinkedService("compute-optimizer.amazonaws.com", "ComputeOptimizer", "ComputeOptimizerServiceRolePolicy"),
    LinkedService("config.amazonaws.com", "Config", "AWSConfigServiceRolePolicy"),
    LinkedService(
        "connect.amazonaws.com", "AmazonConnect", "AmazonConnectServiceLinkedRolePolicy", suffix=True
    ),
    LinkedService("dax.amazonaws.com", "DAX", "DAXServiceRolePolicy"),
    LinkedService("ecs.amazonaws.com", "ECS", "AmazonECSServiceRolePolicy"),
    LinkedService("eks-fargate.amazonaws.com", "AmazonEKSForFargate", "AmazonEKSForFargateServiceRolePolicy"),
    LinkedService("eks-nodegroup.amazonaws.com", "AmazonEKSNodegroup", "AWSServiceRoleForAmazonEKSNodegroup"),
    LinkedService("eks.amazonaws.com", "AmazonEKS", "AmazonEKSServiceRolePolicy"),
    LinkedService("elasticache.amazonaws.com", "ElastiCache", "ElastiCacheServiceRolePolicy"),
    LinkedService(
        "elasticbeanstalk.amazonaws.com", "ElasticBeanstalk", "AWSElasticBeanstalkServiceRolePolicy"
    ),
    LinkedService(
        "elasticfilesystem.amazonaws.com",
        "AmazonElasticFileSystem",
        "AmazonElasticFileSystemServiceRolePolicy",
    ),
    LinkedService(
        "elasticloadbalancing.amazonaws.com",
        "ElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
    ),
    LinkedService("elasticmapreduce.amazonaws.com", "EMRCleanup", "AmazonEMRCleanupPolicy"),
    LinkedService(
        "email.cognito-idp.amazonaws.com",
        "AmazonCognitoIdpEmailService",
        "AmazonCognitoIdpEmailServiceRolePolicy",
    ),
    LinkedService("es.amazonaws.com", "AmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"),
    LinkedService("events.amazonaws.com", "CloudWatchEvents", "CloudWatchEventsServiceRolePolicy"),
    LinkedService("fms.amazonaws.com", "FMS", "FMSServiceRolePolicy"),
    LinkedService("fsx.amazonaws.com", "AmazonFSx", "AmazonFSxServiceRolePolicy"),
    LinkedService("globalaccelerator.amazonaws.com", "GlobalAccelerator", "AWSGlobalAcceleratorSLRPolicy"),
    LinkedService("guardduty.amazonaws.com", "AmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"),
    LinkedService("imagebuilder.amazonaws.com", "ImageBuilder", "AWSServiceRoleForImageBuilder"),
    LinkedService("inspector2.amazonaws.com", "AmazonInspector2", "AmazonInspector2ServiceRolePolicy"),
    LinkedService("ipam.amazonaws.com", "IPAM", "AWSIPAMServiceRolePolicy"),
    LinkedService("kafka.amazonaws.com", "Kafka", "KafkaServiceRolePolicy"),
    LinkedService("lexv2.amazonaws.com", "LexV2Bots", "AmazonLexV2BotPolicy", suffix=True),
    LinkedService("logger.cloudfront.amazonaws.com", "CloudFrontLogger", "AWSCloudFrontLogger"),
    LinkedService("macie.amazonaws.com", "AmazonMacie", "AmazonMacieServiceRolePolicy"),
    LinkedService(
        "malware-protection.guardduty.amazonaws.com",
        "AmazonGuardDutyMalwareProtection",
        "AmazonGuardDutyMalwareProtectionServiceRolePolicy",
    ),
    LinkedService(
        "member.org.stacksets.cloudformation.amazonaws.com",
        "CloudFormationStackSetsOrgMember",
        "CloudFormationStackSetsOrgMemberServiceRolePolicy",
    ),
    LinkedService("memorydb.amazonaws.com", "MemoryDB", "MemoryDBServiceRolePolicy"),
    LinkedService(
        "mrk.kms.amazonaws.com",
        "KeyManagementServiceMultiRegionKeys",
        "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy",
    ),
    LinkedService("networkmanager.amazonaws.com", "NetworkManager", "AWSNetworkManagerServiceRolePolicy"),
    LinkedService(
        "opensearchservice.amazonaws.com", "AmazonOpenSearchService", "AmazonOpenSearchServiceRolePolicy"
    ),
    LinkedService("ops.apigateway.amazonaws.com", "APIGateway", "APIGatewayServiceRolePolicy"),
    LinkedService("organizations.amazonaws.com", "Organizations", "AWSOrganizationsServiceTrustPolicy"),
    LinkedService("ram.amazonaws.com", "ResourceAccessManager", "AWSResourceAccessManagerServiceRolePolicy"),
    LinkedService("rds.amazonaws.com", "RDS", "AmazonRDSServiceRolePolicy"),
    LinkedService("redshift.amazonaws.com", "Redshift", "AmazonRedshiftServiceLinkedRolePolicy"),
    LinkedService(
        "replication.dynamodb.amazonaws.com", "DynamoDBReplication", "DynamoDBReplicationServiceRolePolicy"
    ),
    LinkedService("replication.ecr.amazonaws.com", "ECRReplication", "ECRReplicationServiceRolePolicy"),
    LinkedService("replicator.lambda.amazonaws.com", "LambdaReplicator", "AWSLambdaReplicator"),
    LinkedService(
        "resource-explorer-2.amazonaws.com", "ResourceExplorer", "AWSResourceExplorerServiceRolePolicy"
    ),
    LinkedService("rolesanywhere.amazonaws.com", "RolesAnywhere", "AWSRolesAnywhereServicePolicy"),
    LinkedService("securityhub.amazonaws.com", "SecurityHub", "AWSSecurityHubServiceRolePolicy"),
    LinkedService("servicequotas.amazonaws.com", "ServiceQuotas", "ServiceQuotasServiceRolePolicy"),
    LinkedService("shield.amazonaws.com", "AWSShield", "AWSShieldServiceRolePolicy"),
    LinkedService("spot.amazonaws.com", "EC2Spot", "AWSEC2SpotServiceRolePolicy"),
    LinkedService("spotfleet.amazonaws.com", "EC2SpotFleet", "AWSEC2SpotFleetServiceRolePolicy"),
    LinkedService("ssm.amazonaws.com", "AmazonSSM", "AmazonSSMServiceRolePolicy"),
    LinkedService("sso.amazonaws.com", "SSO", "AWSSSOServiceRolePolicy"),
    LinkedService(
        "stacksets.cloudformation.amazonaws.com",
        "CloudFormationStackSetsOrgAdmin",
        "CloudFormationStackSetsOrgAdminServiceRolePolicy",
    ),
    LinkedService("support.amazonaws.com", "Support", "AWSSupportServiceRolePolicy"),
    LinkedService(
        "transitgateway.amazonaws.com", "VPCTransitGateway", "AWSVPCTransitGatewayServiceRolePolicy"
    ),
    LinkedService("trustedadvisor.amazonaws.com", "TrustedAdvisor", "AWSTrustedAdvisorServiceRolePolicy"),
    LinkedService("wafv2.amazonaws.com", "WAFV2Logging", "WAFV2LoggingServiceRolePolicy"),
    _scaled("dynamodb DynamoDBTable", "DynamoDBTable"),
    _scaled("ecs ECSService", "ECSService"),
    _scaled("ec2 EC2SpotFleetRequest", "EC2SpotFleetRequest"),
    _scaled("lambda LambdaConcurrency", "LambdaConcurrency"),
    _scaled("rds RDSCluster", "RDSCluster"),
    _scaled("sagemaker SageMakerEndpoint", "SageMakerEndpoint"),
)
LINKED_SERVICES = {service.principal: service for service in _SERVICES}
