"""What changes of functions, their mappings and addresses do."""

from __future__ import annotations

from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import Row, changes_to, switched_off

FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
PERMISSION = "AWS::Lambda::Permission"
LAMBDA_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"


ROWS = (
    *(
        Row(
            verdict=Verdict.UNPROTECTED,
            type=FUNCTION,
            property=name,
            explanation=explanation,
            source=f"{LAMBDA_GUIDE}/{page}.html",
            applies=switched_off(name),
        )
        for name, explanation, page in (
            (
                "KmsKeyArn",
                "environment variables are not encrypted with the stack's key any more",
                "configuration-envvars-encryption",
            ),
            (
                "DeadLetterConfig",
                "events that can't be processed are not kept any more",
                "invocation-async-retain-records",
            ),
            (
                "CodeSigningConfigArn",
                "code without a signature is accepted",
                "configuration-codesigning",
            ),
        )
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=FUNCTION,
        property="ReservedConcurrentExecutions",
        explanation="with a concurrency of 0 the function is not called any more",
        source=f"{LAMBDA_GUIDE}/configuration-concurrency.html",
        applies=lambda update: update.after("ReservedConcurrentExecutions") == 0,
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=MAPPING,
        property="Enabled",
        explanation="the function doesn't read the stream any more",
        source=f"{LAMBDA_GUIDE}/with-kinesis.html",
        applies=changes_to("Enabled", False),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=MAPPING,
        property="DestinationConfig",
        explanation="batches that are discarded after the last retry are not kept any more",
        source=f"{LAMBDA_GUIDE}/kinesis-on-failure-destination.html",
        applies=switched_off("DestinationConfig"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::Lambda::Url",
        property="AuthType",
        explanation="the address answers requests that are not signed",
        source=f"{LAMBDA_GUIDE}/urls-auth.html",
        applies=changes_to("AuthType", "NONE"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PERMISSION,
        property="Principal",
        explanation="everybody can call the function",
        source=f"{LAMBDA_GUIDE}/access-control-resource-based.html",
        applies=lambda update: (
            changes_to("Principal", "*")(update)
            and not any(update.after(name) for name in ("SourceArn", "SourceAccount"))
        ),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PERMISSION,
        property="FunctionUrlAuthType",
        explanation="the address answers requests that are not signed",
        source=f"{LAMBDA_GUIDE}/urls-auth.html",
        applies=changes_to("FunctionUrlAuthType", "NONE"),
    ),
)
