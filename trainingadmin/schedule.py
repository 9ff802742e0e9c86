"""What the clock does, and how often."""

from __future__ import annotations

from datetime import timedelta

from trainingadmin.anomalies import actions as anomalies
from trainingadmin.certificates import actions as certificates
from trainingadmin.claims import actions as claims
from trainingadmin.notices import actions as notices
from trainingadmin.offers import actions as offers
from trainingadmin.payments import actions as payments
from trainingadmin.people import actions as people
from trainingadmin.plumbing import idempotency
from trainingadmin.plumbing.periodic import Periodic
from trainingadmin.policies import seeding
from trainingadmin.recoveries import actions as recoveries
from trainingadmin.reforms import actions as reforms

PERIODIC = (
    Periodic("clear-notices", timedelta(seconds=30), notices.clear_due),
    Periodic("plan-dues", timedelta(seconds=30), payments.plan_dues),
    Periodic("flag-overdue", timedelta(minutes=10), recoveries.flag_overdue),
    Periodic("remind-applicants", timedelta(minutes=10), claims.send_reminders),
    Periodic("take-lists-in", timedelta(seconds=30), claims.take_lists_in),
    Periodic("ring-again", timedelta(seconds=15), certificates.reconcile),
    Periodic("spell-names", timedelta(minutes=10), people.spell_names),
    Periodic("ring-again-reforms", timedelta(seconds=15), reforms.reconcile),
    Periodic("seed-policies", timedelta(hours=1), seeding.seed),
    Periodic("find-offers", timedelta(seconds=30), offers.find),
    Periodic("find-anomalies", timedelta(minutes=5), anomalies.search_if_new),
    Periodic("find-anomalies-nightly", timedelta(hours=24), anomalies.search),
    Periodic("forget-old-answers", timedelta(hours=24), idempotency.forget_old),
)
