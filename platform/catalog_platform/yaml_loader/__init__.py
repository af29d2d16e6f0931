"""The one reader of YAML: PyYAML's parser, the core schema of YAML 1.2, places, and limits.

`parse` gives nodes with file, line and column, `load` plain data of a file. Duplicate keys, tags,
several documents and characters that cannot be seen are refused; aliases, depth and size are
limited. https://yaml.org/spec/1.2.2/#103-core-schema
"""

from catalog_platform.yaml_loader.builder import Limits, parse
from catalog_platform.yaml_loader.data import LocatedDict, YamlError, load

__all__ = ["Limits", "LocatedDict", "YamlError", "load", "parse"]
