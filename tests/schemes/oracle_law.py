"""The shipped figures as the oracle knows them, typed from the policy and not read from the product's files."""

from __future__ import annotations

from typing import Any

Law = dict[str, list[dict[str, Any]]]  # of each scheme its versions: code, from, and every parameter by name

GROUPS = ["脱贫劳动力", "防止返贫致贫对象", "就业困难人员", "返乡入乡", "登记失业", "毕业5年内", "退役军人"]
ENTITIES = ["个体工商户", "小微企业", "农民专业合作社", "家庭农场", "民办非企业"]

_APPRENTICESHIP = {
    "code": "YA-2020", "from": "2020-01-01", "annual_rate": dict.fromkeys("12345", 4000), "max_months": 36,
    "min_contract_months": 12, "min_age": 16, "min_hours_per_year": 400, "attendance_percent": 80,
    "advance_max_percent": 50, "uncertified": "zero", "proration": "months", "claim_window_months": 12,
    "trainings_per_person_year_max": 3,
}  # fmt: skip
SHIPPED: Law = {
    "apprenticeship": [
        _APPRENTICESHIP,
        _APPRENTICESHIP | {"code": "NAT-2021", "from": "2021-06-08", "annual_rate": {"3": 6000, "4": 5000}},
    ],
    "entrepreneurship_grant": [
        {
            "code": "YA-2020", "from": "2017-10-13", "amount": 10000, "groups": GROUPS, "min_operating_months": 12,
            "window_months": 36, "min_insured_employees": 0, "min_insured_months": 0, "entity_types": ENTITIES,
            "excluded_industries": [], "household_once": "warn",
        }
    ],
    "special_skill": [
        {
            "code": "YA-2020", "from": "2020-01-01", "min_age": 16, "attendance_percent": 80,
            "trainings_per_person_year_max": 3, "living_allowance_per_day": 50,
        }
    ],
    "work_as_training": [
        {"code": "YA-2020", "from": "2020-01-01", "monthly_rate": 200, "max_months": 6, "min_age": 16}
    ],
}  # fmt: skip
