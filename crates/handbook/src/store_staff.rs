//! Who reads and who sits exams.

use app::{Actor, Scope};
use sea_orm::ConnectionTrait;

/// Somebody of the staff, within somebody's scope.
#[derive(Debug, Clone)]
pub struct Member {
    pub staff: String,
    pub name: String,
    pub login: String,
    pub role: String,
}

/// Under which name somebody reads: the person's id. A token that belongs to nobody reads for itself.
pub fn of(actor: &Actor) -> String {
    actor.user.map_or_else(|| format!("token:{}", actor.name), |user| user.to_string())
}

/// Everybody within a scope who is to know the handbook.
pub async fn within(db: &impl ConnectionTrait, scope: Scope) -> anyhow::Result<Vec<Member>> {
    let reads = |role: &str| {
        accounts::role(role).is_some_and(|role| role.all_permissions().contains(crate::articles::http::READ))
    };
    let people = accounts::people(db, scope).await?.into_iter().filter(|person| reads(&person.role));
    Ok(people
        .map(|person| Member {
            staff: person.id.to_string(),
            name: person.name,
            login: person.login,
            role: person.role,
        })
        .collect())
}
