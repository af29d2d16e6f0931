"""The AWS CDK application, which turns manifests into a cloud assembly.

Only this package imports the AWS CDK. Start with `catalog_stack`. Most modules are named after a
section of the manifest. All decisions depend on values of the manifest, not on the environment's
name.
"""

from catalog_platform.infra import nodejs

nodejs.select_nodejs()
