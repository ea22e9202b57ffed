"""`python -m workers`: the hot-folder watcher as a process of its own."""

from workers.process import prepare_process

prepare_process("watcher")

from workers.watcher import watch  # noqa: E402 - models need a prepared process

watch()
