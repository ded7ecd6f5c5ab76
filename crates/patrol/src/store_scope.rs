//! Rows that somebody may see.

use app::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use store::Text;

/// Those of the organisation, and of the teams that the scope reaches.
pub fn within<E: EntityTrait>(scope: Scope, org: impl ColumnTrait, team: impl ColumnTrait) -> Select<E> {
    let rows = E::find().filter(org.eq(Text(scope.org)));
    match scope.teams() {
        Some(teams) => rows.filter(team.is_in(teams.into_iter().map(Text))),
        None => rows,
    }
}
