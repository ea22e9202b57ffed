"""File import of d.3 (hostimport, cloud uploader): pairs of document and control file, without proof of arrival."""

from dms_connectors.hostimport.connector import HostimportConnector
from dms_connectors.hostimport.settings import HostimportSettings

__all__ = ["HostimportConnector", "HostimportSettings"]
