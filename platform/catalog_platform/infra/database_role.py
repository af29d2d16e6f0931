"""How the processor gets into the database: a role of its own, never the owner."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal

PASSWORD_LENGTH = 32


class Login(Construct):
    """The application's role; `secret` has its password where it does not log in by token."""

    secret: secretsmanager.Secret | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Database,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.secret = None
        if spec.authentication == "password":
            self.secret = secret_of(
                self, spec, spec.application_username, "Role of the processor", key
            )

    @property
    def description(self) -> str:
        """Who logs in and how, in one phrase: it changes when the role has to be made anew."""
        return f"{self._spec.application_username} by {self._spec.authentication}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a function that logs in."""
        return self._variables("DATABASE")

    @property
    def migrator_environment(self) -> dict[str, str]:
        """The environment variables of the migrator, which makes the role."""
        return self._variables("APPLICATION")

    def grant(self, grantee: iam.IGrantable, resource_id: str) -> None:
        """Let `grantee` log in as this role, and no other, to an instance or a proxy.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
        """
        if self.secret is not None:
            grant_read(grantee, self.secret)
            return
        user = Stack.of(self).format_arn(
            service="rds-db",
            resource="dbuser",
            resource_name=f"{resource_id}/{self._spec.application_username}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["rds-db:connect"], resource_arns=[user]
        )

    def _variables(self, prefix: str) -> dict[str, str]:
        return {
            f"{prefix}_AUTHENTICATION": self._spec.authentication,
            f"{prefix}_USERNAME": self._spec.application_username,
            f"{prefix}_SECRET_ARN": self.secret.secret_arn if self.secret else "",
        }


def secret_of(
    scope: Construct, spec: model.Database, username: str, description: str, key: kms.IKey
) -> secretsmanager.Secret:
    """A secret `{"username": …, "password": …}` with a generated password."""
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
        removal_policy=removal.of_access(spec.on_removal),
    )


def grant_read(grantee: iam.IGrantable, secret: secretsmanager.ISecret) -> None:
    """Let `grantee` read a password.

    The ready-made grant would write the grantee into the policy of the key as well, and so make
    the key, which outlives the stack, depend on roles that do not.
    """
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["secretsmanager:GetSecretValue"],
        resource_arns=[secret.secret_arn],
    )
