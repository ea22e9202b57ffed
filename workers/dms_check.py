"""`dms check` for whoever wants it: what the target says, what dms.yaml says, kept for the status page."""

from datetime import UTC, datetime

from config.load import city
from dms_connectors.port import CheckResult
from pipelines.filing.check import check_city, check_inboxes
from records.dms_status import Finding, keep_findings
from workers.targets import dms

__all__ = ["check_dms"]


def check_dms(*, keep: bool = True) -> tuple[CheckResult, ...]:
    """Every line. Unavailable if the DMS does not answer; what was found before then stays."""
    rules, connector = city(), dms()
    lines = (*connector.check(), *check_inboxes(rules.dms, connector), *check_city(rules))
    if keep:
        found = tuple(Finding(line.ok, line.what, line.detail) for line in lines if line.ok is not True)
        keep_findings(found, datetime.now(UTC))
    return lines
