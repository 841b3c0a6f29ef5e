"""PostgreSQL's exceptions in our own words: never with a value, a host or a password in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout

from storage.database import (
    BadValue,
    Conflict,
    StorageBusy,
    StorageClosed,
    StorageError,
    StorageFull,
    StorageGone,
    StorageReadOnly,
)

AUDIT_CHAIN = "audit_chain_pkey"  # the name that migration 0010 gave the rule that numbers are there once
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
_FULL = (errors.DiskFull, errors.OutOfMemory, errors.IoError)


def translate(error: Exception) -> StorageError:
    """The storage error for one of psycopg's. Only names of tables, columns and rules are shown."""
    match error:
        case _ if isinstance(error, _AGAIN):
            return StorageBusy(
                "Two processes changed the same thing at once; the bot tries again by itself, a command is given again."
            )
        case errors.UniqueViolation() if error.diag.constraint_name == AUDIT_CHAIN:
            return StorageBusy(
                "Two processes wrote to the audit at once; the bot tries again by itself, a command is given again."
            )
        case psycopg.IntegrityError():
            rule = error.diag.constraint_name or type(error).__name__
            return Conflict(f"The database refused what breaks a rule ({rule}); report this mistake.")
        case _ if isinstance(error, _FULL):
            return StorageFull("The database server's disk is full or fails; make room, and work goes on by itself.")
        case errors.ReadOnlySqlTransaction() | errors.InsufficientPrivilege():
            return StorageReadOnly("The database server does not let the bot write; give its user the rights.")
        case psycopg.DataError():
            return BadValue(f"A value cannot be stored ({type(error).__name__}); leave it out.")
        case psycopg.OperationalError() | PoolTimeout() | errors.IdleInTransactionSessionTimeout():
            return StorageGone("The database server cannot be reached; work goes on by itself once it answers.")
        case psycopg.Error(sqlstate="25P04"):  # transaction_timeout
            return StorageGone("The database server cannot be reached; work goes on by itself once it answers.")
        case PoolClosed() | psycopg.InterfaceError():
            return StorageClosed("The database was closed; start the bot again.")
    return StorageError(f"The database refused a statement ({type(error).__name__}); report this mistake.")


@contextmanager
def translated() -> Iterator[None]:
    """Raise what psycopg raises inside the block as a StorageError."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        raise translate(error) from None  # psycopg's message may quote a value, and a chain would show it
    except (UnicodeEncodeError, OverflowError) as error:
        raise BadValue(f"A value cannot be stored ({type(error).__name__}); leave it out.") from None
