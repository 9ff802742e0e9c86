"""The JSON Schema of a scheme's facts, for who prepares cases."""

from __future__ import annotations

from trainingadmin.schemes.base import Scheme
from trainingadmin.schemes.facts import described
from trainingadmin.schemes.kinds import Json


def facts_schema(scheme: Scheme) -> dict[str, Json]:
    """Return the JSON Schema of one case of `scheme`, with labels in Chinese (`title`) and English (`x-title-en`)."""
    case, *others = scheme.reader.specs
    named = {"title": "补贴项目", "x-title-en": "Scheme", "const": scheme.name}
    properties = {case.name: described(case), "scheme": named} | {spec.name: described(spec) for spec in others}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": scheme.label_zh,
        "x-title-en": scheme.label_en,
        "type": "object",
        "properties": properties,
        "required": ["case", "scheme", *(spec.name for spec in others if spec.required)],
        "anyOf": [_given("policy_on"), _given(scheme.anchor)],
        "additionalProperties": False,
    }


def _given(name: str) -> dict[str, Json]:
    return {"required": [name], "properties": {name: {"not": {"enum": [None, []]}}}}
