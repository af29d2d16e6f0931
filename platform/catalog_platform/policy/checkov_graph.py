"""checkov's graph of a template, made with less work and the same content.

checkov copies every template, the attributes of every resource and the value of every reference,
reads all attributes again for each reference to them, and walks through the template once for each
intrinsic function. Importing this module imports checkov: do so within `isolated()`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from checkov.cloudformation import cfn_utils
from checkov.cloudformation.graph_builder import local_graph
from checkov.cloudformation.graph_builder.graph_components.blocks import CloudformationBlock
from checkov.cloudformation.graph_builder.graph_components.generic_resource_encryption import (
    ENCRYPTION_BY_RESOURCE_TYPE,
)
from checkov.cloudformation.graph_builder.local_graph import CloudformationLocalGraph
from checkov.cloudformation.graph_builder.variable_rendering.renderer import (
    CloudformationVariableRenderer,
)
from checkov.cloudformation.graph_manager import CloudformationGraphManager
from checkov.cloudformation.parser.cfn_keywords import IntrinsicFunctions
from checkov.common.graph.graph_builder import Edge
from checkov.common.util.data_structures_utils import pickle_deepcopy

GLOBALS = "Globals"
SERVERLESS = "AWS::Serverless::"
Path = list[int | str | Any]
# checkov doesn't follow it.
PARENT = "parent_metadata"


class Renderer(CloudformationVariableRenderer):  # type: ignore[misc]
    """Resolves references; copies only the attributes that it may change."""

    def evaluate_vertex_attribute_from_edge(self, edge_list: list[Edge]) -> None:
        """Resolve a reference, unless only a deployment can: most are to such attributes."""
        edge = edge_list[0]
        if edge.label == IntrinsicFunctions.CONDITION or self._is_known(edge):
            super().evaluate_vertex_attribute_from_edge(edge_list)

    def _is_known(self, edge: Edge) -> bool:
        origin = self.local_graph.vertices[edge.origin]
        value = origin.attributes.get(edge.label)
        if not isinstance(value, dict):
            return False
        name = next((each for each in self.EDGE_EVALUATION_CFN_FUNCTIONS if each in value), None)
        if name is None:
            return False
        target = self.local_graph.get_vertex_attributes_by_index(edge.dest)
        try:
            return bool(self._evaluate_cfn_function(edge, origin, name, value, target)[0])
        except Exception:  # checkov's own method handles some, and doesn't evaluate all
            return True

    def evaluate_non_rendered_values(self) -> None:
        """Resolve `Fn::Sub` with pseudo parameters."""
        for vertex in self.local_graph.vertices:
            for key, value in _copies(vertex.attributes, (IntrinsicFunctions.SUB,)):
                self._handle_sub_with_pseudo_param(key, value, vertex)

    def _render_variables_from_vertices(self) -> None:
        for vertex in self.local_graph.vertices:
            for key, value in _copies(vertex.attributes, self.VERTEX_EVALUATION_CFN_FUNCTIONS):
                name = next(each for each in self.VERTEX_EVALUATION_CFN_FUNCTIONS if each in value)
                evaluated = self.vertex_evaluation_methods[name](value[name])
                if evaluated is not None:
                    vertex.update_attribute(
                        attribute_key=key,
                        attribute_value=evaluated,
                        change_origin_id=None,
                        previous_breadcrumbs=[],
                        attribute_at_dest=None,
                    )


class Block(CloudformationBlock):  # type: ignore[misc]
    """A resource or another part of a template."""

    @classmethod
    def get_inner_attributes(
        cls, attribute_key: str, attribute_value: Any, strip_list: bool = True
    ) -> dict[str, Any]:
        """Return the attribute and those below it, such as `Tags`, `Tags.0` and `Tags.0.Key`.

        The superclass makes a mapping for each of them, and copies it into the one above.
        """
        found: dict[str, Any] = {}
        _add_attributes(found, attribute_key, attribute_value)
        return found


class Graph(CloudformationLocalGraph):  # type: ignore[misc]
    """The resources of a template and their references."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._attributes: dict[int, dict[str, Any]] = {}
        self._paths: dict[int, dict[str, list[Path]]] = {}
        self._keys = {*self.SUPPORTED_FN_CONNECTION_KEYS, IntrinsicFunctions.SUB}

    def build_graph(self, render_variables: bool) -> None:
        """Read the resources and resolve their references, in the steps of the superclass."""
        self._create_vertices()
        self._add_sam_globals()
        self._create_edges()
        if render_variables:
            Renderer(self).render_variables_from_local_graph()
            self.update_vertices_configs()
            self.update_vertices_breadcrumbs()
        self.calculate_encryption_attribute(ENCRYPTION_BY_RESOURCE_TYPE)

    def get_vertex_attributes_by_index(self, index: int, add_hash: bool = True) -> dict[str, Any]:
        """Return the attributes of a resource, which references only read."""
        if index not in self._attributes:
            self._attributes[index] = super().get_vertex_attributes_by_index(index, False)
        return self._attributes[index]

    def update_vertex_attribute(self, vertex_index: int, *arguments: Any, **options: Any) -> None:
        """Set an attribute of a resource to a value that a reference to another one has."""
        self._attributes.pop(vertex_index, None)
        super().update_vertex_attribute(vertex_index, *arguments, **options)

    def update_vertices_configs(self) -> None:
        """Finish the references; what follows changes attributes of resources directly."""
        self._attributes.clear()
        super().update_vertices_configs()

    def search_deep_keys(
        self,
        searchText: str,  # noqa: N803 - checkov's name
        cfndict: dict[str, Any],
        includeGlobals: bool = True,  # noqa: N803
    ) -> list[Path]:
        """Return the path of each use of an intrinsic function, with its argument at the end."""
        if searchText not in self._keys or self.transform_pre:
            found: list[Path] = super().search_deep_keys(searchText, cfndict, includeGlobals)
            return found
        if id(cfndict) not in self._paths:
            paths: dict[str, list[Path]] = {key: [] for key in self._keys}
            _collect(cfndict, [], paths)
            self._paths[id(cfndict)] = paths
        return self._paths[id(cfndict)][searchText]


class GraphManager(CloudformationGraphManager):  # type: ignore[misc]
    """Makes graphs of this module."""

    def build_graph_from_definitions(
        self, definitions: dict[str, dict[str, Any]], render_variables: bool = True
    ) -> Graph:
        """Return the graph of parsed templates."""
        graph = Graph(definitions, source=self.source)
        graph.build_graph(render_variables=render_variables)
        return graph


def _copies(
    attributes: Mapping[str, Any], functions: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return copies of the attributes that are one of the functions, as they are now."""
    found = [
        (key, value)
        for key, value in attributes.items()
        if isinstance(value, dict) and any(each in value for each in functions)
    ]
    # At once, so that two keys of one value have one copy.
    return cast("list[tuple[str, dict[str, Any]]]", pickle_deepcopy(found))


@contextlib.contextmanager
def without_copies() -> Iterator[None]:
    """Let checkov apply `Globals` only to templates that can have them, and create our `Block`s.

    It copies every template for the former, which takes a fifth of the time of a scan.
    """
    apply = cfn_utils.enrich_resources_with_globals

    def apply_if_used(template: dict[str, Any]) -> dict[str, Any]:
        is_plain = GLOBALS not in template and all(
            isinstance(each, dict) and not str(each.get("Type", "")).startswith(SERVERLESS)
            for each in template["Resources"].values()
        )
        return template if is_plain else cast("dict[str, Any]", apply(template))

    cfn_utils.enrich_resources_with_globals = apply_if_used
    local_graph.CloudformationBlock = Block
    try:
        yield
    finally:
        cfn_utils.enrich_resources_with_globals = apply
        local_graph.CloudformationBlock = CloudformationBlock


def _add_attributes(found: dict[str, Any], key: str, value: Any) -> None:
    """Add an attribute and those below it; remove empty keys from the value, as checkov does."""
    if isinstance(value, dict):
        copied: dict[Any, Any] = {}
        found[key] = copied
        for each in list(value):
            if each == "":
                del value[each]
            else:
                _add_attributes(found, f"{key}.{each}", value[each])
                copied[each] = found[f"{key}.{each}"]
    elif isinstance(value, list):
        items: list[Any] = [None] * len(value)
        found[key] = items
        for index, item in enumerate(value):
            _add_attributes(found, f"{key}.{index}", item)
            items[index] = found[f"{key}.{index}"]
    else:
        found[key] = value


def _collect(node: Any, path: Path, paths: dict[str, list[Path]]) -> None:
    """Add the path of each use of a key of `paths`, in the order of checkov's own search."""
    if isinstance(node, dict):
        for key, value in node.items():
            below = [*path, key]
            if key in paths:
                paths[key].append([*below, value])
            if isinstance(value, list) or (isinstance(value, dict) and key != PARENT):
                _collect(value, below, paths)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, (dict, list)):
                _collect(item, [*path, index], paths)
