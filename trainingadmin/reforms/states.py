"""Where a simulation and a re-assessment stand."""

from __future__ import annotations

from enum import StrEnum

from trainingadmin.kernel.labels import N_


class SimulationState(StrEnum):
    """Where a simulation stands; a cancelled or failed one counts for nothing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


SIMULATION_LABELS = {
    SimulationState.WAITING: N_("排队等待"),
    SimulationState.RUNNING: N_("正在试算"),
    SimulationState.DONE: N_("试算完成"),
    SimulationState.CANCELLED: N_("已取消"),
}
SIMULATION_TONES = {
    SimulationState.WAITING: "idle",
    SimulationState.RUNNING: "info",
    SimulationState.DONE: "ok",
    SimulationState.CANCELLED: "idle",
}
UNDER_WAY = (SimulationState.WAITING, SimulationState.RUNNING)
