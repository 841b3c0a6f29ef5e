"""The pages of supervision and of calls for the lead, with what the program gives them."""

from __future__ import annotations

from typing import Any


def supervision_values(evil: str) -> list[tuple[str, dict[str, Any]]]:
    """Each page full and bare; everything people wrote is ``evil``."""
    wish = {"mentor": evil, "soon": True, "when": evil, "focus": evil, "pseudonym": evil, "shared": 2}
    bare = {**wish, "soon": False, "focus": None, "pseudonym": None, "shared": 0}
    shared = {"mentor": evil, "pseudonym": evil, "when": evil, "count": 2, "unread": 2}
    read = {**shared, "pseudonym": None, "unread": 0}
    taken = {"mentor": evil, "lead": evil, "day": evil, "remark": evil}
    item = {
        "said": evil, "mentor": evil, "wished": True, "soon": True, "when": evil, "written": evil, "pseudonym": evil,
        "items": [{"name": evil, "value": evil}], "taken": taken,
    }  # fmt: skip
    bare_item = {**item, "said": None, "wished": False, "soon": False, "pseudonym": None, "items": [], "taken": None}
    own = {
        "pseudonym": evil, "written": evil, "wished": True, "soon": True, "shared": [evil, evil],
        "read": [{"name": evil, "when": evil, "what": []}, {"name": evil, "when": evil, "what": [evil, evil]}],
    }  # fmt: skip
    own_bare = {**own, "pseudonym": None, "soon": False, "shared": [], "read": []}
    own_taken = {"pseudonym": evil, "written": evil, "lead": evil, "day": evil, "remark": evil}
    numbers = [{"name": evil, "number": "112"}]
    return [
        ("supervision_team", {"said": evil, "wishes": [wish, {**bare, "shared": 1}, bare], "more": 3, "total": 6,
                              "shared": [shared, {**shared, "unread": 1}, read], "reading": True}),
        ("supervision_team", {"said": None, "wishes": [bare], "more": 0, "total": 1, "shared": [], "reading": False}),
        ("supervision_team", {"said": None, "wishes": [], "more": 0, "total": 0, "shared": [], "reading": False}),
        ("supervision_item", item),
        ("supervision_item", {**item, "taken": {**taken, "remark": None}}),
        ("supervision_item", bare_item),
        ("supervision_taken", {"lines": [taken, {**taken, "remark": None}]}),
        ("supervision_taken", {"lines": []}),
        ("supervision_own", {"lines": [own, {**own, "read": []}, own_bare], "more": 2,
                             "taken": [own_taken, {**own_taken, "pseudonym": None, "remark": None}]}),
        ("supervision_own", {"lines": [], "more": 0, "taken": []}),
        *(("call_unseen", {"why": why, "at": evil, "numbers": numbers, "support": evil})
          for why in ("unseen", "declined", "unreachable")),
        ("call_unseen", {"why": "unseen", "at": evil, "numbers": [], "support": None}),
    ]  # fmt: skip
