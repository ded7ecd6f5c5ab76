//! What the features declare, the roles grant, and the tables are called.

use crate::house::House;

#[tokio::test]
async fn every_permission_is_declared_once_and_granted_to_somebody() {
    let house = House::start().await;
    let mut names: Vec<&str> = house.running.permissions.iter().map(|permission| permission.name).collect();
    let nothing: (Vec<String>, Vec<String>) = Default::default();
    assert_eq!(accounts::mismatches(names.iter().copied()), nothing, "(declared only, granted only)");
    let declared = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), declared, "declared twice");
}

#[tokio::test]
async fn every_unique_index_is_named_so_that_refusals_find_it() {
    let house = House::start().await;
    let misnamed = store::misnamed_constraints(&house.running.app.store).await.expect("the indexes");
    assert_eq!(misnamed, [], "(name, what it should be)");
}
