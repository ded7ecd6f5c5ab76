//! Bodies that tell how much of them reached the player: what leaves is not what arrives.

use app::Wire;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bytes::Bytes;
use futures_util::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The connection that a request came over, if it keeps an account.
pub struct Way(Option<Wire>);

impl<S: Send + Sync> FromRequestParts<S> for Way {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

impl Way {
    /// These pieces as a body. Once it is known how many of its bytes arrived, `tell` hears it; nothing, if none did.
    pub fn send(self, pieces: Vec<Bytes>, tell: impl FnOnce(u64) + Send + 'static) -> Body {
        let begin = self.0.as_ref().map_or(0, Wire::place);
        Body::from_stream(Sent { pieces: pieces.into_iter(), handed: 0, begin, way: self.0, tell: Some(tell) })
    }
}

struct Sent<T: FnOnce(u64) + Send + 'static> {
    pieces: std::vec::IntoIter<Bytes>,
    handed: u64,
    begin: u64,
    way: Option<Wire>,
    tell: Option<T>,
}

// Nothing in it is pinned.
impl<T: FnOnce(u64) + Send + 'static> Unpin for Sent<T> {}

impl<T: FnOnce(u64) + Send + 'static> Stream for Sent<T> {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.pieces.next();
        self.handed += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(piece.map(Ok))
    }
}

impl<T: FnOnce(u64) + Send + 'static> Drop for Sent<T> {
    /// All was handed over, or nobody wants more.
    fn drop(&mut self) {
        let Some(tell) = self.tell.take().filter(|_| self.handed > 0) else { return };
        match self.way.take() {
            Some(way) => way.owe(self.begin, self.handed, move |arrived| {
                if arrived > 0 {
                    tell(arrived);
                }
            }),
            // Without an account, what was handed over counts.
            None => tell(self.handed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use std::sync::{Arc, Mutex};

    /// What is told when so many pieces are taken of "one", "two", "three".
    async fn told(way: Way, pieces: usize) -> Option<u64> {
        let all = vec![Bytes::from_static(b"one"), Bytes::from_static(b"two"), Bytes::from_static(b"three")];
        let told: Arc<Mutex<Option<u64>>> = Arc::default();
        let hears = told.clone();
        let body = way.send(all, move |arrived| {
            if let Ok(mut told) = hears.lock() {
                assert_eq!(told.replace(arrived), None, "told once");
            }
        });
        let mut stream = body.into_data_stream();
        for _ in 0..pieces {
            stream.next().await;
        }
        assert_eq!(told.lock().ok().and_then(|told| *told), None, "not before it is over");
        drop(stream);
        told.lock().ok().and_then(|told| *told)
    }

    #[tokio::test]
    async fn what_nobody_took_is_not_told() {
        for (pieces, expected) in [(0, None), (1, Some(3)), (2, Some(6)), (3, Some(11)), (9, Some(11))] {
            assert_eq!(told(Way(None), pieces).await, expected, "{pieces} pieces");
        }
    }

    #[tokio::test]
    async fn over_a_connection_with_an_account_only_what_arrived_is_told() {
        assert_eq!(told(Way(Some(Wire::default())), 3).await, None, "nothing was written yet");
    }
}
