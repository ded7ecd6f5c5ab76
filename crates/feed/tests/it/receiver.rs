//! Somebody else's server: remembers what it is sent, and answers as it is told.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::TcpListener;

#[derive(Clone, Copy)]
pub enum Says {
    Status(u16),
    /// 503, and come back in so many seconds.
    Later(u32),
    Elsewhere,
    /// Nothing, for ever.
    Hangs,
}

#[derive(Clone)]
pub struct Got {
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn title(&self) -> String {
        self.json()["data"]["title"].as_str().unwrap_or("?").to_owned()
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    got: Vec<Got>,
    /// What the next requests hear.
    next: VecDeque<Says>,
    /// What all others hear.
    usually: Says,
}

impl Receiver {
    pub async fn start(usually: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shared = Arc::new(Mutex::new(Shared { got: Vec::new(), next: VecDeque::new(), usually }));
        let receiver = Self { address: listener.local_addr().unwrap(), shared };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    pub fn say(&self, usually: Says) {
        self.shared.lock().unwrap().usually = usually;
    }

    pub fn say_next(&self, says: &[Says]) {
        self.shared.lock().unwrap().next.extend(says);
    }

    pub fn got(&self) -> Vec<Got> {
        self.shared.lock().unwrap().got.clone()
    }

    /// Waits until so many requests have come.
    pub async fn wait(&self, count: usize) -> Vec<Got> {
        for _ in 0..2_000 {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} requests came instead of {count}", self.got().len());
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let says = {
        let mut shared = receiver.shared.lock().unwrap();
        shared.got.push(Got { headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() });
        shared.next.pop_front().unwrap_or(shared.usually)
    };
    match says {
        Says::Status(status) => (StatusCode::from_u16(status).unwrap(), format!("says {status}")).into_response(),
        Says::Later(seconds) => {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", seconds.to_string())]).into_response()
        }
        Says::Elsewhere => (StatusCode::TEMPORARY_REDIRECT, [("location", receiver.url())]).into_response(),
        Says::Hangs => std::future::pending().await,
    }
}
