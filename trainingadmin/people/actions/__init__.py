"""What people do to get in and out, and how accounts and organisations come to be: one function, one journal line."""

from __future__ import annotations

from trainingadmin.people.actions.accounts import (
    Opening,
    account_roles,
    add_office,
    add_person,
    change_own_password,
    change_password,
    change_roles,
    close_account,
    open_account,
    open_from,
    register_organisation,
    send_code,
    set_office,
    set_payee,
    sign_in_by_code,
    spell_names,
)
from trainingadmin.people.actions.avoiding import refuse_relatives
from trainingadmin.people.actions.delegating import Handing, agree, delegate, end
from trainingadmin.people.actions.disclosing import Masked, disclose, masked
from trainingadmin.people.actions.entering import prove, show_factor, sign_in, sign_out
from trainingadmin.people.actions.payouts import set_payout
from trainingadmin.people.actions.securing import (
    begin_factor,
    confirm_factor,
    drop_factor,
    renew_recovery_codes,
    required_of,
    reset_factor,
)

__all__ = [
    "Handing",
    "Masked",
    "Opening",
    "account_roles",
    "add_office",
    "add_person",
    "agree",
    "begin_factor",
    "change_own_password",
    "change_password",
    "change_roles",
    "close_account",
    "confirm_factor",
    "delegate",
    "disclose",
    "drop_factor",
    "end",
    "masked",
    "open_account",
    "open_from",
    "prove",
    "refuse_relatives",
    "register_organisation",
    "renew_recovery_codes",
    "required_of",
    "reset_factor",
    "send_code",
    "set_office",
    "set_payee",
    "set_payout",
    "show_factor",
    "sign_in",
    "sign_in_by_code",
    "sign_out",
    "spell_names",
]
