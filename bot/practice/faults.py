"""Fault switches: the next calls of the bot get a failure instead of, or after, being carried out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.practice.limits import ApiError, HandError

KINDS = frozenset(
    {"429", "429-bare", "500", "502", "401", "404", "drop", "drop-before", "delay", "late", "slow", "error"}
)


@dataclass
class Fault:
    """One switch. `method` is a lower-case method name, or "" for any but getUpdates.

    Kinds: "429" with `retry_after` seconds, "429-bare" without parameters, "500", "502" (HTML), "401", "404",
    "drop" carries the call out and then breaks the connection, "drop-before" breaks it without carrying out,
    "delay" carries out after `seconds`, "late" carries out and answers after `seconds`, "slow" carries out and answers
    with a byte every `seconds`, "error" answers with `code` and `description`.
    """

    kind: str
    count: int = 1
    method: str = ""
    retry_after: int = 1
    seconds: float = 1.0
    code: int = 400
    description: str = "Bad Request: invented"


class Faults:
    """The switches that are set, used up in order."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a switch; raises HandError for an unknown kind."""
        if fault.kind not in KINDS:
            raise HandError(f"There is no fault {fault.kind!r}; there are {', '.join(sorted(KINDS))}.")
        fault.method = fault.method.lower()
        self._set.append(fault)

    def clear(self) -> None:
        """Take all switches back."""
        self._set.clear()

    def take_back(self, fault: Fault) -> None:
        """Take one switch back, if it is still set."""
        self._set = [one for one in self._set if one is not fault]

    def take(self, method: str) -> Fault | None:
        """Give the switch that this call meets, and count it down."""
        for fault in self._set:
            if fault.method == method or (not fault.method and method != "getupdates"):
                fault.count -= 1
                if fault.count <= 0:
                    self._set.remove(fault)
                return fault
        return None


def as_error(fault: Fault) -> ApiError | None:
    """Give the Bot API error of a fault; None for those that are no JSON answer."""
    match fault.kind:
        case "429":
            wait = fault.retry_after
            return ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        case "429-bare":
            return ApiError(429, "Too Many Requests")
        case "500":
            return ApiError(500, "Internal Server Error")
        case "401":
            return ApiError(401, "Unauthorized")
        case "404":
            return ApiError(404, "Not Found")
        case "error":
            return ApiError(fault.code, fault.description)
        case _:
            return None
