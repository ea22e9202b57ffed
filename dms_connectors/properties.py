"""Our own values of a filing request, by the names the configuration maps to DMS properties."""

from config.city_config import PropertySource
from dms_connectors.port import FilingRequest

__all__ = ["own_properties"]


def own_properties(request: FilingRequest) -> dict[str, str]:
    """Every value we can write, keyed by PropertySource; dates as ISO 8601."""
    return {
        PropertySource.DOCUMENT_ID.value: str(request.document_id),
        PropertySource.REGISTER_NUMBER.value: request.register_number,
        PropertySource.DOCUMENT_TYPE.value: request.document_type,
        PropertySource.UNIT.value: request.unit,
        PropertySource.RECEIVED_ON.value: request.received_on.isoformat(),
        PropertySource.FILE_NAME.value: request.file_name,
        PropertySource.SHA256.value: request.digest.sha256,
    }
