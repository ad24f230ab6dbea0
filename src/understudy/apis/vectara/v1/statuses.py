"""How one query of a batch, or one of its summaries, fared: codes of v1 for what v2 refuses."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.apis.vectara.v1.wire import comvectaraStatus, vectaraStatusCode
from understudy.errors import ApiError, BadRequest, Forbidden, NotFound

_OF_FIELDS: Mapping[str, vectaraStatusCode] = {
    "custom_dimensions": "QRY__INVALID_DIMENSION",
    "reranker": "QRY__INVALID_RERANKER",
    "generation_preset_name": "QRY__SMRY__INVALID_SUMMARIZER_PROMPT",
    "prompt_template": "QRY__SMRY__INVALID_SUMMARIZER_PROMPT",
    "model_parameters": "QRY__GEN__UNPARSEABLE_MODEL_PARAMS",
}
"""Codes by members of a request of v2 (guess: the docs list the codes and not their occasions)."""
_OF_WARNINGS: Mapping[str, vectaraStatusCode] = {
    "fcs_language_not_supported": "QRY__SMRY__EVAL_UNSUPPORTED_LANG",
    "exceeded_max_input_length_fcs": "QRY__SMRY__EVAL_FAILURE",
}


class Refused(Exception):
    """A query, or a summary, that cannot be answered; its batch goes on."""

    def __init__(self, code: vectaraStatusCode, detail: str) -> None:
        super().__init__(detail)
        self.status: comvectaraStatus = {"code": code, "statusDetail": detail}


def of_error(error: ApiError) -> comvectaraStatus:
    """The status for a refusal of v2."""
    code: vectaraStatusCode = "INVALID_ARGUMENT"
    if isinstance(error, NotFound):
        code = "NOT_FOUND"
    elif isinstance(error, Forbidden):
        code = "PERMISSION_DENIED"
    elif isinstance(error, BadRequest) and error.fields:  # their names are those of v2
        places = "".join(error.fields)
        code = next((code for member, code in _OF_FIELDS.items() if member in places), code)
        return {"code": code, "statusDetail": "; ".join(error.fields.values())}
    return {"code": code, "statusDetail": "; ".join(error.messages)}


def of_warning(warning: str) -> comvectaraStatus:
    """The status of a score that a warning of v2 has taken the place of."""
    return {"code": _OF_WARNINGS.get(warning, "QRY__SMRY__EVAL_FAILURE"), "statusDetail": warning}
