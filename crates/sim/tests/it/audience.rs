//! The audience bears a server that is away, and goes home when told to.

use sim::{SimOptions, Stop};

fn options(url: &str, stop: &Stop) -> SimOptions {
    SimOptions { url: url.to_owned(), room: "0197".to_owned(), viewers: 5, seed: 1, stop: stop.clone() }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let stop = Stop::new();
    let tempo = sim::Tempo { fill: std::time::Duration::from_millis(50), ..sim::Tempo::default() };
    let watching = tokio::spawn(sim::audience_with(options("http://127.0.0.1:1", &stop), tempo));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!watching.is_finished());
    stop.cancel();
    let counts = watching.await.unwrap().unwrap();
    assert_eq!((counts.visits, counts.entries, counts.danmaku_acked), (0, 0, 0));
}

#[tokio::test]
async fn what_is_no_address_is_refused_at_once() {
    let stop = Stop::new();
    for (url, message) in [("nonsense", "`nonsense` is not an address"), ("ftp://host", "plain `http` only")] {
        let error = sim::audience(options(url, &stop)).await.unwrap_err();
        assert!(format!("{error:#}").contains(message), "{error:#}");
    }
}
