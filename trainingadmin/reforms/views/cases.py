"""Golden cases: listed and run, looked at, taken in, taken away with a draft."""

from __future__ import annotations

import json
from typing import Any

import yaml
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from trainingadmin.kernel.roles import Role
from trainingadmin.plumbing.access import actor, admits
from trainingadmin.plumbing.pages import said
from trainingadmin.policies import queries as policies
from trainingadmin.policies.states import DraftState
from trainingadmin.reforms import actions, forms
from trainingadmin.reforms.views import wording
from trainingadmin.reforms.views.blueprint import READERS, bp
from trainingadmin.schemes import SCHEMES

_EXPECTATIONS = (
    "pays", "refused", "unknown", "unknowns", "warns", "passes", "policy", "advance", "balance", "living_allowance",
    "possible_on",
)  # fmt: skip


@bp.get("/cases")
@admits(*READERS)
def cases() -> ResponseReturnValue:
    """Run every golden case of a scheme now, with a draft's or without, and list them, the broken ones first."""
    draft, scheme = _about()
    return render_template("reforms/cases.html", scheme=scheme, draft=draft, **_ran(scheme, draft))


def _ran(scheme: str, draft: Any) -> dict[str, Any]:
    runs = actions.run_cases(scheme, draft)
    q = request.args.get("q", "").strip()
    return {
        "q": q,
        "labels": [(name, wording.scheme_label(name)) for name in SCHEMES],
        "runs": sorted((run for run in runs if q in run.case.name), key=lambda run: not run.misses),
        "broken": sum(bool(run.misses) for run in runs),
        "misses": lambda run: wording.misses(scheme, run.misses),
        "expected": lambda run: _expected(scheme, run.content),
        "editable": _editable(draft),
    }


def _about() -> tuple[Any, str]:
    """Return the draft and the scheme that the address names; the first scheme where it names none."""
    number = request.args.get("draft", type=int)
    draft = policies.draft(number, actor=actor()) if number else None
    scheme = draft.scheme if draft else request.args.get("scheme") or next(iter(SCHEMES))
    if scheme not in SCHEMES:
        abort(404)
    return draft, scheme


def _editable(draft: Any) -> bool:
    return actor().has(Role.POLICY) and (draft is None or draft.state is DraftState.DRAFT)


def _expected(scheme: str, content: dict[str, Any]) -> str:
    if "pays" in content:
        return str(_("补贴 %(sum)s 元", sum=content["pays"]))
    for word, say in (("refused", _("不予补贴，未满足：%(codes)s")), ("unknown", _("不能判断，待核实：%(codes)s"))):
        if word in content:
            return str(say) % {"codes": _("、").join(wording.condition(scheme, code) for code in content[word])}
    return str(_("多人合计"))


@bp.get("/cases/<int:case_id>")
@admits(*READERS)
def case(case_id: int) -> ResponseReturnValue:
    """Show one case: its facts, what is expected, and whether it holds."""
    found = policies.golden_case(case_id, actor=actor())
    number = request.args.get("draft", type=int)
    draft = policies.draft(number, actor=actor()) if number else None
    run = next((run for run in actions.run_cases(found.scheme, draft) if run.case.id == case_id), None)
    editable = _editable(draft) and draft is not None and run is not None
    more = {"draft": draft, "run": run, "editable": editable, **_content(found)}
    misses = wording.misses(found.scheme, run.misses) if run else []
    return render_template("reforms/case.html", case=found, misses=misses, **more)


def _content(found: Any) -> dict[str, Any]:
    content = json.loads(found.content or "{}")
    facts = _facts(found.scheme, content.get("facts", {}))
    expected = _expected(found.scheme, content) if content else ""
    return {
        "facts": facts,
        "expected": expected,
        "text": _as_yaml(content),
        "label": wording.scheme_label(found.scheme),
    }


def _facts(scheme: str, told: dict[str, Any]) -> list[tuple[str, str]]:
    specs = {spec.name: spec for spec in SCHEMES[scheme].reader.specs}
    return [(wording.fact_label(specs[name]), wording.fact_value(specs[name], value)) for name, value in told.items()]


def _as_yaml(content: dict[str, Any]) -> str:
    ordered = {
        name: content[name] for name in ("case", "facts", "figures", "cohort", *_EXPECTATIONS) if name in content
    }
    text: str = yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)
    return text


@bp.route("/cases/new", methods=["GET", "POST"])
@admits(Role.POLICY)
def add_case() -> ResponseReturnValue:
    """Take in a case, or put another in the place of one that counts, along with a draft."""
    draft, scheme = _about()
    number, form = request.args.get("replaces", type=int), forms.CaseForm()
    replaces = policies.golden_case(number, actor=actor()) if number else None
    more = {"draft": draft, "replaces": replaces, "note": form.note.data or ""}
    if form.carries_out(lambda: actions.add_case(scheme, form.text.data or "", by=actor(), **more)):
        said(_("案例已保存，并已试跑。"))
        return redirect(url_for(".cases", scheme=scheme, draft=draft.id if draft else None))
    if request.method == "GET":
        form.text.data = _as_yaml(json.loads(replaces.content or "{}")) if replaces else _example(scheme)
    told = {"scheme": scheme, "draft": draft, "replaces": replaces, "label": wording.scheme_label(scheme)}
    return render_template("reforms/add_case.html", form=form, **told), form.status


def _example(scheme: str) -> str:
    """Return the first case of the scheme as a pattern to write the next one by, without its name."""
    first = next(iter(policies.golden_cases(scheme)), None)
    content = json.loads(first.content or "{}") if first else {"facts": {}, "pays": 0}
    return _as_yaml({**content, "case": ""})


@bp.route("/cases/<int:case_id>/withdraw", methods=["GET", "POST"])
@admits(Role.POLICY)
def withdraw_case(case_id: int) -> ResponseReturnValue:
    """Take a case away with a draft, with the reason."""
    found, form = policies.golden_case(case_id, actor=actor()), forms.WithdrawForm()
    draft = policies.draft(request.args.get("draft", 0, type=int), actor=actor())
    if form.carries_out(lambda: actions.withdraw_case(found, draft, by=actor(), note=form.note.data or "")):
        said(_("本草案施行后，这个案例不再使用。"))
        return redirect(url_for(".cases", draft=draft.id))
    return render_template("reforms/withdraw_case.html", case=found, draft=draft, form=form), form.status
