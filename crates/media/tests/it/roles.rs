//! What a publisher may want to be: on air, standing by, or only looked at.

use crate::http_support::{KEY, Server, read_to_close, start};
use crate::show;
use events::RoomId;
use media::{CheckRun, CheckSink, MediaTag};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;

/// Notes what it is given, and has enough after `enough` messages.
struct Sink {
    room: RoomId,
    enough: usize,
    notes: Arc<Mutex<Vec<String>>>,
}

struct Run {
    seen: usize,
    enough: usize,
    notes: Arc<Mutex<Vec<String>>>,
}

impl CheckSink for Sink {
    fn begin(&self, room: RoomId) -> Option<Box<dyn CheckRun>> {
        assert_eq!(room, self.room);
        Some(Box::new(Run { seen: 0, enough: self.enough, notes: self.notes.clone() }))
    }
}

impl CheckRun for Run {
    fn tag(&mut self, _tag: &MediaTag) {
        self.seen += 1;
    }

    fn finish(self: Box<Self>, clean: bool) {
        self.notes.lock().unwrap().push(format!("{} {clean}", self.seen));
    }

    fn done(&self) -> bool {
        self.seen >= self.enough
    }
}

fn sink(server: &Server, enough: usize) -> Arc<Mutex<Vec<String>>> {
    let notes = Arc::<Mutex<Vec<String>>>::default();
    server.media.set_check_sink(Arc::new(Sink { room: server.desk.room, enough, notes: notes.clone() }));
    notes
}

async fn notes_when(notes: &Mutex<Vec<String>>, count: usize) -> Vec<String> {
    for _ in 0..500 {
        if notes.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    notes.lock().unwrap().clone()
}

#[tokio::test]
async fn a_check_is_looked_at_and_never_on_air() {
    let server = start().await;
    let notes = sink(&server, usize::MAX);
    let tags = show::tags(0, 3_000, 25);
    let (mut socket, publisher) = server.publisher_to("check", KEY).await;
    let mut out = Vec::new();
    show::send(&publisher, &tags, &mut out);
    publisher.goodbye(KEY, &mut out);
    socket.write_all(&out).await.unwrap();
    read_to_close(&mut socket).await;
    assert_eq!(notes_when(&notes, 1).await, [format!("{} true", tags.len())]);
    assert!(server.desk.heard().is_empty());
    assert!(!server.media.is_publishing(server.desk.room));
}

#[tokio::test]
async fn a_check_that_has_seen_enough_is_closed() {
    let server = start().await;
    let notes = sink(&server, 10);
    let (mut socket, publisher) = server.publisher_to("check", KEY).await;
    let mut out = Vec::new();
    show::send(&publisher, &show::tags(0, 3_000, 25), &mut out);
    socket.write_all(&out).await.unwrap();
    read_to_close(&mut socket).await;
    assert_eq!(notes_when(&notes, 1).await.len(), 1);
}

#[tokio::test]
async fn without_anybody_to_look_a_check_is_refused() {
    let server = start().await;
    let (mut socket, _) = server.publisher_to("check", KEY).await;
    let said = String::from_utf8_lossy(&read_to_close(&mut socket).await).into_owned();
    assert!(said.contains("NetStream.Publish.BadName"), "{said}");
    let (mut socket, _) = server.publisher_to("elsewhere", KEY).await;
    let said = String::from_utf8_lossy(&read_to_close(&mut socket).await).into_owned();
    assert!(said.contains("NetConnection.Connect.Rejected"), "{said}");
}

#[tokio::test]
async fn a_backup_has_an_application_of_its_own_or_says_so() {
    let server = start().await;
    for (app, key) in [("backup", KEY.to_owned()), ("live", format!("{KEY}?backup=1"))] {
        let (mut socket, publisher) = server.publisher_to(app, &key).await;
        let mut out = Vec::new();
        show::send(&publisher, &show::tags(0, 3_000, 25), &mut out);
        socket.write_all(&out).await.unwrap();
        server.playlist_when(server.desk.room, |playlist| !playlist.segments.is_empty()).await;
    }
}
