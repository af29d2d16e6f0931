"""The AWS CDK application: turns typed manifests into a cloud assembly.

This is the only package that imports the AWS CDK. Start with `catalog_stack`. Most modules are
named after a section of the manifest. No module checks which environment it builds.
"""

from catalog_platform.infra import nodejs

nodejs.select_nodejs()
