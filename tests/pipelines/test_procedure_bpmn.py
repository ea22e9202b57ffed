"""The flow as BPMN: whole, connected and drawn, so that a modeller can open it."""

from collections import defaultdict

import pytest
from lxml import etree

from config.approval_config import Approval
from pipelines.flow import FLOW, invoice_flow
from pipelines.procedure.bpmn import BOUNDS, DIAGRAM, EDGES, MODEL, flow_as_bpmn
from schemas.safe_xml import parse_xml
from schemas.states import Kind, State

NODES = {"startEvent", "serviceTask", "userTask", "receiveTask", "exclusiveGateway", "endEvent"}


@pytest.fixture(scope="module")
def drawing() -> etree._Element:
    return parse_xml(flow_as_bpmn(version="VD-SCAN, Fassung 3"))


def named(drawing: etree._Element, *names: str) -> list[etree._Element]:
    return [element for name in names for element in drawing.iter(f"{{{MODEL}}}{name}")]


def edges(drawing: etree._Element) -> list[tuple[str, str]]:
    return [(flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in named(drawing, "sequenceFlow")]


def test_every_state_is_there_as_what_it_is(drawing: etree._Element) -> None:
    found = {node.get("id"): etree.QName(node).localname for node in named(drawing, *NODES)}
    for stage in FLOW:
        expected = {
            Kind.AUTOMATIC: {"serviceTask"},
            Kind.WAITING: {"userTask"},
            Kind.EXPECTED: {"receiveTask"},
            Kind.FINAL: {"endEvent", "userTask"},
        }
        assert found[stage.state] in expected[stage.kind], stage.state


def test_every_id_is_given_once_and_is_a_name(drawing: etree._Element) -> None:
    ids = [element.get("id") for element in drawing.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(each and each.replace("_", "").replace("-", "").isalnum() and each[0].isalpha() for each in ids)


def test_one_start_from_which_every_node_is_reached_and_an_end_from_every_node(drawing: etree._Element) -> None:
    nodes = {node.get("id", "") for node in named(drawing, *NODES)}
    ends = {node.get("id", "") for node in named(drawing, "endEvent")}
    (start,) = named(drawing, "startEvent")
    forth, back = defaultdict(set), defaultdict(set)
    for source, target in edges(drawing):
        assert {source, target} <= nodes
        forth[source].add(target)
        back[target].add(source)
    assert reached({start.get("id", "")}, forth) == nodes
    assert reached(ends, back) == nodes


def reached(begin: set[str], ways: dict[str, set[str]]) -> set[str]:
    found, waiting = set(begin), list(begin)
    while waiting:
        for target in ways[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return found


def test_only_gateways_have_several_ways_on_and_every_node_names_its_flows(drawing: etree._Element) -> None:
    flows = {flow.get("id"): flow for flow in named(drawing, "sequenceFlow")}
    for node in named(drawing, *NODES):
        outgoing = [flow.text for flow in node.iterfind(f"{{{MODEL}}}outgoing")]
        incoming = [flow.text for flow in node.iterfind(f"{{{MODEL}}}incoming")]
        kind = etree.QName(node).localname
        assert (len(outgoing) > 1) == (kind == "exclusiveGateway"), node.get("id")
        assert (not outgoing) == (kind == "endEvent")
        assert (not incoming) == (kind == "startEvent")
        assert all(flows[each].get("sourceRef") == node.get("id") for each in outgoing)
        assert all(flows[each].get("targetRef") == node.get("id") for each in incoming)


def test_every_way_of_the_table_is_a_flow(drawing: etree._Element) -> None:
    drawn = {(source.removesuffix("_weiter"), target) for source, target in edges(drawing)}
    for stage in FLOW:
        for state in (*stage.next, *(choice.next for choice in stage.choices if choice.next)):
            assert (stage.state, state) in drawn


def test_every_node_and_flow_is_drawn_without_covering_another(drawing: etree._Element) -> None:
    shapes = {shape.get("bpmnElement"): shape for shape in drawing.iter(f"{{{DIAGRAM}}}BPMNShape")}
    assert set(shapes) == {node.get("id") for node in named(drawing, *NODES)}
    boxes = {}
    for name, shape in shapes.items():
        bounds = shape.find(f"{{{BOUNDS}}}Bounds")
        assert bounds is not None
        boxes[name] = tuple(int(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
    for name, (x, y, width, height) in boxes.items():
        for other, (ox, oy, owidth, oheight) in boxes.items():
            apart = x + width <= ox or ox + owidth <= x or y + height <= oy or oy + oheight <= y
            assert name == other or apart, (name, other)
    for edge in drawing.iter(f"{{{DIAGRAM}}}BPMNEdge"):
        flow = next(each for each in named(drawing, "sequenceFlow") if each.get("id") == edge.get("bpmnElement"))
        points = [(int(p.get("x", "")), int(p.get("y", ""))) for p in edge.iterfind(f"{{{EDGES}}}waypoint")]
        for point, node in ((points[0], flow.get("sourceRef")), (points[-1], flow.get("targetRef"))):
            x, y, width, height = boxes[node]
            assert x <= point[0] <= x + width
            assert y <= point[1] <= y + height
    drawn = {edge.get("bpmnElement") for edge in drawing.iter(f"{{{DIAGRAM}}}BPMNEdge")}
    assert drawn == {flow.get("id") for flow in named(drawing, "sequenceFlow")}


def test_the_same_table_gives_the_same_bytes_and_carries_the_version() -> None:
    assert flow_as_bpmn(version="3") == flow_as_bpmn(version="3")
    assert "VD-SCAN, Fassung 3" in flow_as_bpmn(version="VD-SCAN, Fassung 3").decode()


@pytest.mark.parametrize("ordering", [True, False])
def test_the_way_of_an_invoice_is_a_process_of_its_own_without_what_the_city_does_not_have(ordering: bool) -> None:
    flow = invoice_flow(Approval(ordering=ordering).variants)
    alone = parse_xml(flow_as_bpmn(flow, name="Rechnungen"))
    nodes = {node.get("id") for node in named(alone, *NODES)}
    assert (State.TO_ORDER in nodes) is ordering
    assert {State.TO_CERTIFY_FACTUALLY, State.TO_RELEASE, State.CANCELLED, State.PAID} <= nodes
    drawn = {(source.removesuffix("_weiter"), target) for source, target in edges(alone)}
    certified = State.TO_ORDER if ordering else State.TO_RELEASE
    assert (State.TO_CERTIFY_ARITHMETICALLY, certified) in drawn
    assert State.IDENTIFIED not in nodes, "a scan goes another way"
