//! What the features declare, the roles grant, the tables are called, and what runs beside the requests.

use crate::{house::House, routes::routes};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_returns_while_the_program_runs() {
    // With a show on air, an import, webhooks, sources: everything that a job may find to do and be done with.
    let mut house = House::start().await;
    for route in routes() {
        route.ask(&house, Some(&house.admin)).await;
        assert_eq!(house.running.ended(), Vec::<String>::new(), "after {} {}", route.method, route.path);
    }
    house.running.app.stop.cancel();
    let mut stopped = Vec::new();
    while stopped.len() < 10 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        stopped.extend(house.running.ended());
    }
    // They were there, and each ends well when it is told to.
    assert!(stopped.iter().all(|part| part.ends_with(": Ok(())")), "{stopped:?}");
}
