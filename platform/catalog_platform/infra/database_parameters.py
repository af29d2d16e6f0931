"""The server parameters of the database."""

from __future__ import annotations

from aws_cdk import aws_rds as rds
from constructs import Construct

from catalog_platform import model


def create_parameter_group(
    scope: Construct, engine: rds.IInstanceEngine, spec: model.Database
) -> rds.ParameterGroup:
    """Create the parameter group of the instance and its replicas."""
    return rds.ParameterGroup(
        scope,
        "Parameters",
        engine=engine,
        description=_description(spec),
        parameters=_parameters(spec),
    )


def _description(spec: model.Database) -> str:
    """Return a description that changes whenever a static parameter does.

    CloudFormation replaces a group whose description changes, and the instances are updated to the
    new one, which reboots them. Changed parameters of the same group would wait for a reboot.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html#cfn-rds-dbinstance-dbparametergroupname
    """
    text = "PostgreSQL of the product catalog"
    return text if spec.statement_audit else f"{text}, without statement audit"


def _parameters(spec: model.Database) -> dict[str, str]:
    """Return the server parameters; those of pgaudit take effect without its extension.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
    """
    libraries = ["pg_stat_statements"]
    parameters = {"rds.force_ssl": "1" if spec.require_tls else "0"}
    if spec.statement_audit:
        libraries.append("pgaudit")
        parameters["pgaudit.log"] = "ddl,role,write"
    return parameters | {"shared_preload_libraries": ",".join(libraries)}
