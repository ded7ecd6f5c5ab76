//! Telling a database that is away or overtaxed, which passes, from a fault of ours, which does not.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::error::{DatabaseError, Error};

/// Whether the work failed for a reason that passes: the database is down, restarting or not to be reached, has no free
/// connection, or took this transaction back in favour of another one. Nothing was acknowledged; trying again is right.
pub fn is_unavailable(failure: &anyhow::Error) -> bool {
    let no_connection =
        |cause: &(dyn std::error::Error + 'static)| matches!(cause.downcast_ref(), Some(DbErr::ConnectionAcquire(_)));
    failure.chain().any(|cause| no_connection(cause) || of_database(cause).is_some_and(passes))
}

/// Whether PostgreSQL refused text with the character U+0000, which it does not keep; SQLite does.
pub fn is_unstorable_text(failure: &anyhow::Error) -> bool {
    failure.chain().filter_map(of_database).any(|error| match error {
        Error::Database(error) => error.code().is_some_and(|code| code == "22021"),
        _ => false,
    })
}

fn of_database<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    match cause.downcast_ref() {
        Some(DbErr::Conn(error) | DbErr::Exec(error) | DbErr::Query(error)) => match error {
            RuntimeErr::SqlxError(error) => Some(error),
            _ => None,
        },
        _ => cause.downcast_ref(),
    }
}

fn passes(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
        // Half an answer: the server went away in the middle of it.
        Error::Protocol(_) => true,
        Error::Database(error) => error.code().is_some_and(|code| is_passing_code(&code, &**error)),
        _ => false,
    }
}

fn is_passing_code(code: &str, error: &dyn DatabaseError) -> bool {
    let postgres = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some();
    if !postgres {
        // SQLITE_BUSY and its kin: another process held the file for longer than we wait.
        return code.parse::<i32>().is_ok_and(|code| code & 0xff == 5);
    }
    // Connection exceptions; out of connections or disk; the administrator or a crash ended the session; serialization failure
    // and deadlock; waited too long for a lock; a standby that has not been made the server yet.
    matches!(&code[..code.len().min(2)], "08" | "53" | "58")
        || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "40001" | "40P01" | "55P03" | "25006")
}
