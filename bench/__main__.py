"""`./run bench [NAME]`: all benches, or the one named."""

import subprocess
import sys
from collections.abc import Callable

from bench.filing import bench_filing
from bench.flow import bench_flow
from bench.intake import bench_intake
from bench.invoices import bench_invoices
from bench.mailroom import bench_mailroom
from bench.register import bench_register
from bench.routing import bench_routing
from bench.scan import bench_scan
from bench.search import bench_search

BENCHES: dict[str, Callable[[], None]] = {
    "scan": bench_scan,
    "mailroom": bench_mailroom,
    "intake": bench_intake,
    "flow": bench_flow,
    "routing": bench_routing,
    "filing": bench_filing,
    "invoices": bench_invoices,
    "search": bench_search,
    "register": bench_register,
}


def main() -> int:
    wanted = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"Unbekannt: {', '.join(unknown)}. Es gibt: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    if len(wanted) == 1:
        print(f"== {wanted[0]}", flush=True)
        BENCHES[wanted[0]]()
        return 0
    return max(subprocess.run((sys.executable, "-m", "bench", name), check=False).returncode for name in wanted)


if __name__ == "__main__":
    sys.exit(main())
