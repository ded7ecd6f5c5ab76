//! Turning a broken constraint into the refusal it means, where it occurs.
//!
//! PostgreSQL reports the constraint's name. SQLite reports the columns of a unique index (`t.a, t.b`) and the name of a check,
//! so a unique index is named `<table>_<columns>_key` and a primary key `<table>_pkey` (PostgreSQL's own default).
//! SQLite does not say which foreign key failed: look the parent up in the same transaction instead.

use crate::Store;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement, sqlx};

/// For a database result, or one that was already checked for another constraint.
pub trait OnConstraint<T, R> {
    /// `Ok(Err(refusal))` when the constraint named so was broken; other errors stay failures. May be chained, for several
    /// constraints of one write. In a handler: `insert(..).await.on_constraint("growth_coupons_code_key", Refusal::CodeTaken)??`.
    fn on_constraint(self, name: &str, refusal: R) -> anyhow::Result<Result<T, R>>;
}

impl<T, R> OnConstraint<T, R> for Result<T, DbErr> {
    fn on_constraint(self, name: &str, refusal: R) -> anyhow::Result<Result<T, R>> {
        match self {
            Ok(done) => Ok(Ok(done)),
            Err(error) if breaks(&error, name) => Ok(Err(refusal)),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T, R> OnConstraint<T, R> for anyhow::Result<Result<T, R>> {
    fn on_constraint(self, name: &str, refusal: R) -> anyhow::Result<Result<T, R>> {
        match self {
            Err(error) if error.downcast_ref().is_some_and(|error| breaks(error, name)) => Ok(Err(refusal)),
            answer => answer,
        }
    }
}

/// Whether `error` says that the constraint `name` was broken.
pub fn breaks(error: &DbErr, name: &str) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let sqlx::Error::Database(error) = &**error else {
        return false;
    };
    if let Some(constraint) = error.constraint() {
        return constraint == name;
    }
    let primary_key = error.code().is_some_and(|code| code == "1555");
    sqlite_constraint(error.message(), primary_key).is_some_and(|constraint| constraint == name)
}

/// Unique indexes whose name does not follow the convention, each with the name it should have. The server's tests hold it empty.
pub async fn misnamed_constraints(store: &Store) -> anyhow::Result<Vec<(String, String)>> {
    let sql = match store.read().get_database_backend() {
        DbBackend::Postgres => MISNAMED_POSTGRES,
        _ => MISNAMED_SQLITE,
    };
    let rows = store.read().query_all_raw(Statement::from_string(store.read().get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "expected")?))).collect()
}

const MISNAMED_POSTGRES: &str = "SELECT name, expected FROM (
    SELECT index.relname::text AS name, (of.relname || '_' || (
               SELECT string_agg(attname, '_' ORDER BY attnum) FROM pg_attribute WHERE attrelid = index.oid
           ) || '_key')::text AS expected
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS of ON of.oid = indrelid
    WHERE indisunique AND NOT indisprimary AND of.relnamespace = current_schema()::regnamespace) AS named
  WHERE name <> expected";

const MISNAMED_SQLITE: &str = "SELECT name, tbl_name || '_' || columns || '_key' AS expected FROM (
    SELECT name, tbl_name, (SELECT group_concat(name, '_') FROM pragma_index_info(indexes.name)) AS columns
    FROM sqlite_master AS indexes WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%')
  WHERE name <> tbl_name || '_' || columns || '_key'";

/// The constraint's name by our convention, out of SQLite's message.
fn sqlite_constraint(message: &str, primary_key: bool) -> Option<String> {
    if let Some(name) = message.split_once("CHECK constraint failed: ") {
        return Some(name.1.into());
    }
    let (_, columns) = message.split_once("UNIQUE constraint failed: ")?;
    if let Some(index) = columns.strip_prefix("index '") {
        return Some(index.trim_end_matches('\'').into());
    }
    let (table, _) = columns.split_once('.')?;
    if primary_key {
        return Some(format!("{table}_pkey"));
    }
    let columns: Vec<&str> =
        columns.split(", ").filter_map(|column| column.split_once('.')).map(|(_, column)| column).collect();
    Some(format!("{table}_{}_key", columns.join("_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, primary_key: bool, name: &str) {
        assert_eq!(sqlite_constraint(message, primary_key).as_deref(), Some(name));
    }

    #[test]
    fn sqlite_messages_become_names() {
        check("UNIQUE constraint failed: growth_coupons.code", false, "growth_coupons_code_key");
        check(
            "UNIQUE constraint failed: accounts_users.org_id, accounts_users.login",
            false,
            "accounts_users_org_id_login_key",
        );
        check("UNIQUE constraint failed: accounts_users.id", true, "accounts_users_pkey");
        check(
            "UNIQUE constraint failed: index 'accounts_users_lower_login_key'",
            false,
            "accounts_users_lower_login_key",
        );
        check("CHECK constraint failed: ledger_accounts_not_negative", false, "ledger_accounts_not_negative");
        assert_eq!(sqlite_constraint("FOREIGN KEY constraint failed", false), None);
    }
}
