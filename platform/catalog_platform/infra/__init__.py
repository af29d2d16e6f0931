"""The typed manifest becomes a cloud assembly: the only package that knows the AWS CDK.

Start with `catalog_stack`, the map. One module per noun, named after its section of the manifest;
nothing here asks which environment it is building.
"""

from catalog_platform.infra import nodejs

nodejs.prepare()
