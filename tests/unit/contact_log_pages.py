"""The pages of the contact and absence log, with what the program gives them."""

from __future__ import annotations

from typing import Any


def log_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Each page full and bare; everything people wrote is ``evil``."""
    was = [{"said": evil, "on": "23/11 2026"}]
    detail = {"name": evil, "said": evil, "typed": evil, "assumed": True, "more": 2, "was": was}
    gone = {**detail, "said": None, "typed": None, "assumed": False, "more": 1}
    plain = {
        "when": evil,
        "what": evil,
        "result": evil,
        "gone": None,
        "by": evil,
        "was": was,
        "details": [detail, gone],
    }
    struck = {**plain, "gone": evil, "by": None, "details": []}
    bare = {**struck, "gone": None, "result": None, "was": []}
    full: dict[str, Any] = {
        "pseudonym": evil, "said": evil, "period": evil, "page": 2, "pages": 3, "hidden": True, "transferred": evil,
        "lines": [plain, struck, bare],
    }  # fmt: skip
    empty = {**full, "said": None, "pages": 1, "page": 1, "hidden": False, "transferred": None, "lines": []}
    line = {"line": evil, "transferred": evil, "own": True}
    return [
        ("contact_log", full),
        ("contact_log", empty),
        ("contact_log_line", line),
        ("contact_log_line", {**line, "transferred": None, "own": False}),
    ]
