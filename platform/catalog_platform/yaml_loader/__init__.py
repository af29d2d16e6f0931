"""The YAML loader: PyYAML's parser with YAML 1.2's core schema, source locations and limits.

`parse` returns nodes with file, line and column; `load` and `loads` return plain data. Duplicate
keys, tags, several documents and invisible characters are refused; aliases, depth and size are
limited. https://yaml.org/spec/1.2.2/#103-core-schema
"""

from catalog_platform.yaml_loader.builder import parse
from catalog_platform.yaml_loader.data import LocatedDict, YamlError, load, loads
from catalog_platform.yaml_loader.nodes import Limits

__all__ = ["Limits", "LocatedDict", "YamlError", "load", "loads", "parse"]
