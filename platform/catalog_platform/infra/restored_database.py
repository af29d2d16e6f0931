"""An instance that RDS creates from a snapshot, or from a point in time of another instance."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_rds as rds

from catalog_platform import model


def restore(instance: rds.DatabaseInstance, spec: model.Database) -> None:
    """Make CloudFormation create `instance` from `spec.restore_from`, unless that is None.

    The new instance inherits the database's name, the owner's name and the key; RDS refuses them in
    the request. CloudFormation sets all other properties after the restore, also the owner's
    password: it becomes the one in the secret again, whatever it was in the snapshot.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
    https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds
    (aws-rds-dbinstance: CreateHandler.java, ResourceModelHelper.shouldUpdateAfterCreate)
    """
    if spec.restore_from is None:
        return
    resource = cast(rds.CfnDBInstance, instance.node.default_child)
    if spec.restore_time is None:
        resource.db_snapshot_identifier = spec.restore_from
    else:
        # Not SourceDBInstanceIdentifier, which also marks read replicas.
        resource.source_dbi_resource_id = spec.restore_from
        resource.restore_time = spec.restore_time
    resource.db_name = None
    resource.kms_key_id = None
    resource.master_username = None
