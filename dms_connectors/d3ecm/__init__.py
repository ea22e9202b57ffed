"""Adapter for d.velop documents / d.3ecm over its REST interface (HAL link relations, default source)."""

from dms_connectors.d3ecm.connector import D3ecmConnector
from dms_connectors.d3ecm.settings import D3ecmSettings

__all__ = ["D3ecmConnector", "D3ecmSettings"]
