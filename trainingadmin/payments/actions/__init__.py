"""What finance does: plan dues, compose, release and cancel batches, take the bank's answer, issue failed lines again."""

from trainingadmin.payments.actions.planning import plan_dues

__all__ = ["plan_dues"]
