"""The database roles that the functions log in as; they do not own the database."""

from __future__ import annotations

import hashlib

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct, IDependable

from catalog_platform import model
from catalog_platform.infra import removal

PASSWORD_LENGTH = 32


class DatabaseRole(Construct):
    """A role for log-ins; `secret` holds its password, or is None with IAM authentication."""

    username: str
    secret: secretsmanager.Secret | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Database,
        username: str,
        user: str,
        key: kms.IKey,
    ) -> None:
        """`user` names the function that logs in, for people."""
        super().__init__(scope, id)
        self._spec = spec
        self.username = username
        self.secret = None
        if spec.authentication == "password":
            self.secret = create_secret(self, spec, username, f"Role of the {user}", key)

    @property
    def description(self) -> str:
        """Return the role's name and authentication method.

        A changed value makes CloudFormation run the migrator, which creates the role.
        """
        return f"{self.username} by {self._spec.authentication}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables of a function that logs in as this role."""
        return self.variables("DATABASE")

    def grant(self, grantee: iam.Role, resource_id: str, *, target: str) -> IDependable:
        """Allow `grantee` to log in to an instance or a proxy as this role only; return the policy.

        `target` names the instance or proxy. A token's permission is a policy of its own, whose id
        changes with target and user: CloudFormation creates the new policy first and deletes the
        old one last, so functions that are not updated yet can still log in.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
        """
        if self.secret is not None:
            grant_read(grantee, self.secret)
            return grantee.node.find_child("DefaultPolicy")
        user = Stack.of(self).format_arn(
            service="rds-db",
            resource="dbuser",
            resource_name=f"{resource_id}/{self.username}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        digest = hashlib.sha256(f"{target}/{self.username}".encode()).hexdigest()[:8]
        # Inside the role, so that functions wait for it as for the default policy.
        return iam.Policy(
            grantee,
            f"Login{digest}",
            statements=[iam.PolicyStatement(actions=["rds-db:connect"], resources=[user])],
            roles=[grantee],
        )

    def variables(self, prefix: str) -> dict[str, str]:
        """Return the environment variables that describe the role, with a common prefix."""
        return {
            f"{prefix}_AUTHENTICATION": self._spec.authentication,
            f"{prefix}_USERNAME": self.username,
            f"{prefix}_SECRET_ARN": self.secret.secret_arn if self.secret else "",
        }


def create_secret(
    scope: Construct, spec: model.Database, username: str, description: str, key: kms.IKey
) -> secretsmanager.Secret:
    """Create a secret `{"username": …, "password": …}` with a generated password."""
    return secretsmanager.Secret(
        scope,
        "Secret",
        description=f"{description} in the product catalog's database",
        encryption_key=key,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=f'{{"username":"{username}"}}',
            generate_string_key="password",
            exclude_punctuation=True,
            password_length=PASSWORD_LENGTH,
        ),
        removal_policy=removal.data_access_policy(spec.on_removal),
    )


def grant_read(grantee: iam.IGrantable, secret: secretsmanager.ISecret) -> None:
    """Allow `grantee` to read a password.

    The CDK's own grant also adds the grantee to the key policy. The key can outlive the stack, so
    it must not depend on roles that are deleted with the stack.
    """
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["secretsmanager:GetSecretValue"],
        resource_arns=[secret.secret_arn],
    )
