//! What of an answer has reached the other side: bytes that its TCP acknowledged, not bytes that a buffer took.
//!
//! [`Wired`] stands between HTTP and the connection and counts what it writes; a body that wants to know tells the [`Wire`] how
//! much it handed over. What arrived is looked up when the client asks for the next thing, a second later, and when the
//! connection ends.

use parking_lot::Mutex;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// A client that asks for nothing more is looked after so often.
const LOOK: Duration = Duration::from_secs(1);
/// A connection that we close first waits this long for the other side to take what was written.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_LOOK: Duration = Duration::from_millis(50);

/// One connection's account, found among a request's extensions. Cloning is cheap.
#[derive(Clone, Default)]
pub struct Wire(Arc<Mutex<Account>>);

#[derive(Default)]
struct Account {
    written: u64,
    /// What had arrived when the connection ended.
    end: Option<u64>,
    owed: Vec<Owed>,
}

struct Owed {
    begin: u64,
    bytes: u64,
    tell: Box<dyn FnOnce(u64) + Send>,
}

impl Owed {
    fn settle(self, arrived: u64) {
        (self.tell)(arrived.saturating_sub(self.begin).min(self.bytes));
    }
}

impl Wire {
    /// The place at which the next answer begins.
    pub fn place(&self) -> u64 {
        self.0.lock().written
    }

    /// `bytes` of an answer that began at `begin` were handed over. `tell` hears once how many of them arrived; an answer's head
    /// stands before its body and may make that some hundred bytes too many.
    pub fn owe(&self, begin: u64, bytes: u64, tell: impl FnOnce(u64) + Send + 'static) {
        let owed = Owed { begin, bytes, tell: Box::new(tell) };
        let mut account = self.0.lock();
        match account.end {
            None => account.owed.push(owed),
            Some(end) => {
                drop(account);
                owed.settle(end);
            }
        }
    }

    fn owes(&self) -> bool {
        !self.0.lock().owed.is_empty()
    }

    /// `missing` of what was written has not arrived; `ended`: nor ever will.
    fn settle(&self, missing: u64, ended: bool) {
        let (arrived, settled) = {
            let mut account = self.0.lock();
            let arrived = account.written.saturating_sub(missing);
            let count = match ended {
                true => account.owed.len(),
                false => account.owed.iter().take_while(|owed| owed.begin + owed.bytes <= arrived).count(),
            };
            account.end = account.end.or(ended.then_some(arrived));
            (arrived, account.owed.drain(..count).collect::<Vec<Owed>>())
        };
        for owed in settled {
            owed.settle(arrived);
        }
    }
}

/// A connection that keeps a [`Wire`].
pub struct Wired {
    stream: Option<TcpStream>,
    wire: Wire,
    look: Option<Pin<Box<Sleep>>>,
    lingers: Option<Instant>,
}

impl Wired {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream: Some(stream), wire: Wire::default(), look: None, lingers: None }
    }

    pub fn wire(&self) -> Wire {
        self.wire.clone()
    }

    /// The stream itself, for whom HTTP has come to an end.
    pub fn into_inner(mut self) -> io::Result<TcpStream> {
        self.settle(true);
        self.stream.take().ok_or_else(gone)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(gone)
    }

    fn settle(&self, ended: bool) {
        if let Some(stream) = &self.stream
            && (ended || self.wire.owes())
        {
            self.wire.settle(missing(stream), ended);
        }
    }

    fn wrote(&mut self, bytes: &Poll<io::Result<usize>>, cx: &mut Context<'_>) {
        if let Poll::Ready(Ok(bytes)) = bytes {
            self.wire.0.lock().written += *bytes as u64;
            self.watch(cx);
        }
    }

    /// Wakes the connection's task later, if anything is owed and nobody asks.
    fn watch(&mut self, cx: &mut Context<'_>) {
        if !self.wire.owes() {
            return;
        }
        let look = self.look.get_or_insert_with(|| Box::pin(sleep(LOOK)));
        while look.as_mut().poll(cx).is_ready() {
            look.as_mut().reset(Instant::now() + LOOK);
        }
    }
}

impl Drop for Wired {
    fn drop(&mut self) {
        self.settle(true);
    }
}

impl AsyncRead for Wired {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = self.stream()?.poll_read(cx, into);
        // Who asks for more has taken what came before. Otherwise this may be the look a second later.
        self.settle(false);
        if read.is_pending() {
            self.watch(cx);
        }
        read
    }
}

impl AsyncWrite for Wired {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = self.stream()?.poll_write(cx, from);
        self.wrote(&wrote, cx);
        wrote
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = self.stream()?.poll_write_vectored(cx, from);
        self.wrote(&wrote, cx);
        wrote
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    /// Says goodbye, then waits a little for what is still under way.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingers.is_none() {
            ready!(self.stream()?.poll_shutdown(cx))?;
            self.lingers = Some(Instant::now() + LINGER);
            self.look = None;
        }
        loop {
            self.settle(false);
            let patient = self.lingers.is_some_and(|until| Instant::now() < until);
            if !patient || !self.wire.owes() {
                return Poll::Ready(Ok(()));
            }
            let mut ignored = [0; 512];
            if let Poll::Ready(Err(_)) = self.stream()?.poll_read(cx, &mut ReadBuf::new(&mut ignored)) {
                return Poll::Ready(Ok(()));
            }
            let look = self.look.get_or_insert_with(|| Box::pin(sleep(LINGER_LOOK)));
            ready!(look.as_mut().poll(cx));
            look.as_mut().reset(Instant::now() + LINGER_LOOK);
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("the stream was taken away")
}

/// Bytes that were written and that the other side has not acknowledged.
#[cfg(target_os = "linux")]
fn missing(stream: &TcpStream) -> u64 {
    use std::os::fd::AsRawFd;
    let mut bytes: libc::c_int = 0;
    // SAFETY: the descriptor is open while `stream` is borrowed, and the kernel writes one int.
    let answered = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &mut bytes) };
    if answered == 0 { bytes.max(0) as u64 } else { 0 }
}

/// Not to be had: what was written counts as arrived.
#[cfg(not(target_os = "linux"))]
fn missing(_: &TcpStream) -> u64 {
    0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        sync::oneshot,
    };

    const BODY: u64 = 3_000_000;

    async fn pair() -> (TcpStream, Wired) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, Wired::new(listener.accept().await.unwrap().0))
    }

    fn owe(wire: &Wire, bytes: u64) -> oneshot::Receiver<u64> {
        let (told, hears) = oneshot::channel();
        wire.owe(wire.place(), bytes, move |arrived| told.send(arrived).unwrap());
        hears
    }

    #[tokio::test]
    async fn what_was_read_has_arrived_by_the_next_request() {
        let (mut client, mut wired) = pair().await;
        let mut hears = owe(&wired.wire(), BODY);
        let reading = tokio::spawn(async move {
            client.read_exact(&mut vec![0; BODY as usize]).await.unwrap();
            client.write_all(b"next").await.unwrap();
            client
        });
        wired.write_all(&vec![7; BODY as usize]).await.unwrap();
        wired.read_exact(&mut [0; 4]).await.unwrap();
        assert_eq!(hears.try_recv(), Ok(BODY));
        drop(reading.await.unwrap());
    }

    #[tokio::test]
    async fn who_asks_for_nothing_more_is_looked_after() {
        let (mut client, mut wired) = pair().await;
        let hears = owe(&wired.wire(), 5);
        wired.write_all(b"hello").await.unwrap();
        client.read_exact(&mut [0; 5]).await.unwrap();
        let idle = tokio::spawn(async move { wired.read(&mut [0; 1]).await });
        assert_eq!(hears.await, Ok(5));
        drop(client);
        assert_eq!(idle.await.unwrap().unwrap(), 0);
    }

    #[tokio::test]
    async fn who_goes_after_the_head_got_a_part() {
        let (mut client, mut wired) = pair().await;
        let hears = owe(&wired.wire(), BODY);
        let writing = tokio::spawn(async move {
            let wrote = wired.write_all(&vec![7; BODY as usize]).await;
            // As long as the client says nothing, the connection stays.
            let _ = wired.read(&mut [0; 1]).await;
            wrote
        });
        client.read_exact(&mut [0; 100]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(client);
        let _ = writing.await.unwrap();
        let arrived = hears.await.unwrap();
        assert!((100..BODY / 2).contains(&arrived), "{arrived} of {BODY}");
    }

    #[tokio::test]
    async fn a_connection_that_we_close_waits_for_what_is_under_way() {
        let (mut client, mut wired) = pair().await;
        let hears = owe(&wired.wire(), BODY);
        let closing = tokio::spawn(async move {
            wired.write_all(&vec![7; BODY as usize]).await.unwrap();
            wired.shutdown().await.unwrap();
        });
        client.read_to_end(&mut Vec::new()).await.unwrap();
        closing.await.unwrap();
        assert_eq!(hears.await, Ok(BODY));
    }

    #[tokio::test]
    async fn a_body_that_ends_after_its_connection_is_told_too() {
        let (client, mut wired) = pair().await;
        let (wire, begin) = (wired.wire(), wired.wire().place());
        wired.write_all(b"half").await.unwrap();
        drop(client);
        let _ = wired.read(&mut [0; 1]).await;
        drop(wired);
        let (told, hears) = oneshot::channel();
        wire.owe(begin, 8, move |arrived| told.send(arrived).unwrap());
        assert_eq!(hears.await, Ok(4));
    }
}
