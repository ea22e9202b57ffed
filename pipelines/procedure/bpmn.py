"""The flow table as BPMN 2.0 (ISO/IEC 19510) with diagram interchange, so that a modeller opens and draws it.

A step is a service task, what waits for people a user task, for the answer of a neighbour a receive task, an end state
an end event. A task with several ways on leads to an exclusive gateway; its flows carry the name of the choice. Same
table, same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipelines.flow import FLOW, Choice, Stage
from pipelines.procedure.layout import Box, Layout, Point
from schemas.roles import Action
from schemas.states import Kind, State

__all__ = ["flow_as_bpmn"]

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
EDGES = "http://www.omg.org/spec/DD/20100524/DI"
_SPACES: Any = {None: MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": EDGES}

_START = "Beginn"
_SIZES = {"startEvent": (36, 36), "endEvent": (36, 36), "exclusiveGateway": (50, 50)}
_TASK = (200, 80)
_TASKS = {
    Kind.AUTOMATIC: "serviceTask",
    Kind.WAITING: "userTask",
    Kind.EXPECTED: "receiveTask",
    Kind.FINAL: "userTask",
}


@dataclass(frozen=True, slots=True)
class _Node:
    """`column`: how many steps from the start; gateways and ends stand beside their task."""

    id: str
    element: str
    name: str
    said: str = ""
    column: int = 0
    row: int = 0
    part: int = 0


@dataclass(frozen=True, slots=True)
class _Flow:
    source: str
    target: str
    name: str = ""

    @property
    def id(self) -> str:
        return f"{self.source}-{self.target}"


def flow_as_bpmn(flow: Sequence[Stage] = FLOW, *, name: str = "Posteingang", version: str = "") -> bytes:
    """The whole table as one process; `version` of the procedure stands in its documentation."""
    nodes, flows = _graph(flow)
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap=_SPACES, id="Posteingang")
    root.set("targetNamespace", "urn:posteingang:verfahren")
    process = etree.SubElement(root, f"{{{MODEL}}}process", id="Ablauf", name=name, isExecutable="false")
    _said(process, version)
    for node in nodes:
        element = etree.SubElement(process, f"{{{MODEL}}}{node.element}", id=node.id)
        if node.name:
            element.set("name", node.name)
        _said(element, node.said)
        for kind, end in (("incoming", "target"), ("outgoing", "source")):
            for each in flows:
                if getattr(each, end) == node.id:
                    etree.SubElement(element, f"{{{MODEL}}}{kind}").text = each.id
    for each in flows:
        edge = etree.SubElement(process, f"{{{MODEL}}}sequenceFlow", id=each.id, sourceRef=each.source)
        edge.set("targetRef", each.target)
        if each.name:
            edge.set("name", each.name)
    _draw(root, nodes, flows)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _said(element: etree._Element, text: str) -> None:
    if text:
        etree.SubElement(element, f"{{{MODEL}}}documentation").text = text


def _graph(flow: Sequence[Stage]) -> tuple[list[_Node], list[_Flow]]:
    columns = _columns(flow)
    rows: dict[int, int] = {}
    nodes = [_Node(_START, "startEvent", "Post geht ein", column=-1)]
    flows = [_Flow(_START, flow[0].state)]
    for stage in flow:
        column = columns[stage.state]
        row = rows[column] = rows.get(column, -1) + 1
        ways = list(dict.fromkeys(_ways(stage, flow)))
        ends = stage.kind is Kind.FINAL
        if ends and not ways:
            nodes.append(_Node(stage.state, "endEvent", stage.label, _words(stage), column, row))
            continue
        element = _TASKS[stage.kind]
        nodes.append(_Node(stage.state, element, stage.label, _words(stage), column, row))
        source: str = stage.state
        if len({state for state, _ in ways}) + ends > 1:
            source = f"{stage.state}_weiter"
            nodes.append(_Node(source, "exclusiveGateway", "", column=column, row=row, part=1))
            flows.append(_Flow(stage.state, source))
        flows += [_Flow(source, target, label) for target, label in _by_target(ways)]
        if ends:
            end = f"{stage.state}_ende"
            nodes.append(_Node(end, "endEvent", "bleibt so", column=column, row=row, part=2))
            flows.append(_Flow(source, end))
    return nodes, flows


def _ways(stage: Stage, flow: Sequence[Stage]) -> Iterator[tuple[State, str]]:
    """(state, name of the choice) of every way on."""
    yield from ((state, "") for state in stage.next)
    for choice in stage.choices:
        for state in _leads_to(choice, stage, flow):
            yield state, choice.label


def _leads_to(choice: Choice, stage: Stage, flow: Sequence[Stage]) -> tuple[State, ...]:
    """Where a choice leads; one without a state of its own leads back to whichever step had stopped."""
    if choice.next is not None:
        return (choice.next,)
    if choice.action is Action.DECLARE_CONFLICT:
        return ()  # it stays where it is
    return choice.after or tuple(each.state for each in flow if _comes_to(stage.state, each))


def _comes_to(state: State, stage: Stage) -> bool:
    return state in stage.next or any(choice.next is state for choice in stage.choices)


def _by_target(ways: Sequence[tuple[State, str]]) -> Iterator[tuple[State, str]]:
    """One flow a target; several choices that lead there are named together."""
    for target in dict.fromkeys(state for state, _ in ways):
        yield target, " / ".join(label for state, label in ways if state is target and label)


def _columns(flow: Sequence[Stage]) -> dict[State, int]:
    """Steps from the start by the shortest way; what nothing leads to stands behind all others."""
    by_state, found = {stage.state: stage for stage in flow}, {flow[0].state: 0}
    waiting = [flow[0].state]
    for state in waiting:
        for target, _ in _ways(by_state[state], flow):
            if target not in found:
                found[target] = found[state] + 1
                waiting.append(target)
    return {stage.state: found.get(stage.state, len(flow)) for stage in flow}


def _words(stage: Stage) -> str:
    """What the table says of the stage beyond its label."""
    said = [f"Zustand: {stage.state}"]
    said += [f"Schritt: {stage.step}"] if stage.step else []
    said += [f"Warteschlange: {stage.queue}"] if stage.queue else []
    if stage.kind is Kind.AUTOMATIC:
        said.append("Scheitert der Schritt mehrfach, wird daraus ein Klärfall.")
    for choice in stage.choices:
        said.append(f"{choice.role.label}: {choice.label}" + (" (eigene Einheit)" if choice.own_unit else ""))
    return "\n".join(said)


def _draw(root: etree._Element, nodes: Sequence[_Node], flows: Sequence[_Flow]) -> None:
    layout = Layout({node.id: _box(node) for node in nodes})
    diagram = etree.SubElement(root, f"{{{DIAGRAM}}}BPMNDiagram", id="Diagramm")
    plane = etree.SubElement(diagram, f"{{{DIAGRAM}}}BPMNPlane", id="Ebene", bpmnElement="Ablauf")
    for node in nodes:
        shape = etree.SubElement(plane, f"{{{DIAGRAM}}}BPMNShape", id=f"{node.id}_bild", bpmnElement=node.id)
        if node.element == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        box = layout.boxes[node.id]
        values = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{BOUNDS}}}Bounds", {name: str(value) for name, value in values.items()})
    for each in flows:
        edge = etree.SubElement(plane, f"{{{DIAGRAM}}}BPMNEdge", id=f"{each.id}_bild", bpmnElement=each.id)
        for point in layout.way(each.source, each.target):
            _waypoint(edge, point)


def _waypoint(edge: etree._Element, point: Point) -> None:
    etree.SubElement(edge, f"{{{EDGES}}}waypoint", x=str(point.x), y=str(point.y))


def _box(node: _Node) -> Box:
    """A column is a task, its gateway and its end; all of a row on one line."""
    width, height = _SIZES.get(node.element, _TASK)
    left = 160 + node.column * 560 + (0, 240, 330)[node.part]
    middle = 120 + node.row * 160
    return Box(left if node.column >= 0 else 60, middle - height // 2, width, height)
