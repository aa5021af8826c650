"""What the window's memory is made of, for the soak: what is kept on purpose, each within its limit."""

from __future__ import annotations


def memory_mb() -> float:
    """Resident memory of this process."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def kept(window) -> str:
    """Undo steps, runs and the timeline as a sentence's part, counted by the program itself."""
    workspace, control = window.workspace, window.control
    worker = control.worker
    frames = 0 if worker is None else worker.timeline.n_bytes
    return (
        f"undo {_mb(workspace.edits.n_bytes)} MB, {len(workspace.runs)} runs {_mb(workspace.runs.n_bytes)} MB, "
        f"timeline {_mb(frames)} of {_mb(control.timeline_bytes)} MB"
    )


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:.0f}"
