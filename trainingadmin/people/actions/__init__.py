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
from trainingadmin.people.actions.entering import prove, show_factor, sign_in, sign_out
from trainingadmin.people.actions.securing import (
    begin_factor,
    confirm_factor,
    drop_factor,
    renew_recovery_codes,
    required_of,
    reset_factor,
)

__all__ = [
    "Opening",
    "account_roles",
    "add_office",
    "add_person",
    "begin_factor",
    "change_own_password",
    "change_password",
    "change_roles",
    "close_account",
    "confirm_factor",
    "drop_factor",
    "open_account",
    "open_from",
    "prove",
    "register_organisation",
    "renew_recovery_codes",
    "required_of",
    "reset_factor",
    "send_code",
    "set_office",
    "set_payee",
    "show_factor",
    "sign_in",
    "sign_in_by_code",
    "sign_out",
    "spell_names",
]
