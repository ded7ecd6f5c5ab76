//! The limit: one thread, raw epoll, shared frames, `send` to all. No framework, no memory safety net, no event log.

use super::Mode;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};
use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::fd::AsRawFd,
    time::{Duration, Instant},
};

struct Peer {
    stream: TcpStream,
    unread: Vec<u8>,
    open: bool,
}

/// Serves until it is killed.
pub fn serve(mode: Mode, tick: Duration) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    println!("ready {} /", listener.local_addr()?.port());
    // SAFETY: plain epoll calls; the events array outlives each wait.
    let epoll = unsafe { libc::epoll_create1(0) };
    let add = |fd: i32| {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: fd as u64 };
        unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &mut event) };
    };
    add(listener.as_raw_fd());
    let mut peers: HashMap<i32, Peer> = HashMap::new();
    let mut order: Vec<i32> = Vec::new();
    let mut waiting: Vec<Vec<u8>> = Vec::new();
    let mut ticked = Instant::now();
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; 1024];
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let wait = match mode {
            Mode::Tick => tick.saturating_sub(ticked.elapsed()).as_millis() as i32,
            _ => -1,
        };
        let count = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), events.len() as i32, wait) };
        for event in events.iter().take(count.max(0) as usize) {
            let fd = event.u64 as i32;
            if fd == listener.as_raw_fd() {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    add(stream.as_raw_fd());
                    peers.insert(stream.as_raw_fd(), Peer { stream, unread: Vec::new(), open: false });
                }
                continue;
            }
            let Some(peer) = peers.get_mut(&fd) else { continue };
            match peer.stream.read(&mut buffer) {
                Ok(0) | Err(_) => {
                    peers.remove(&fd);
                    order.retain(|other| *other != fd);
                    continue;
                }
                Ok(length) => peer.unread.extend_from_slice(&buffer[..length]),
            }
            if !peer.open {
                peer.open = shake_hands(peer)?;
                if peer.open {
                    order.push(fd);
                }
                continue;
            }
            while let Some(message) = next_message(&mut peer.unread) {
                waiting.push(message);
            }
        }
        match mode {
            Mode::Each => {
                for message in waiting.drain(..) {
                    send_all(&order, &frame(&message));
                }
            }
            Mode::Burst => {
                let burst: Vec<u8> = waiting.drain(..).flat_map(|message| frame(&message)).collect();
                send_all(&order, &burst);
            }
            Mode::Tick if ticked.elapsed() >= tick => {
                ticked = Instant::now();
                if !waiting.is_empty() {
                    let joined = [b"[".to_vec(), waiting.join(&b','), b"]".to_vec()].concat();
                    send_all(&order, &frame(&joined));
                    waiting.clear();
                }
            }
            Mode::Tick => {}
        }
    }
}

fn send_all(order: &[i32], bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    for fd in order {
        let mut unsent = bytes;
        while !unsent.is_empty() {
            // SAFETY: the pointer and length are those of a live slice.
            let sent = unsafe { libc::send(*fd, unsent.as_ptr().cast(), unsent.len(), libc::MSG_NOSIGNAL) };
            if sent > 0 {
                unsent = &unsent[sent as usize..];
            } else if std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock {
                std::thread::yield_now();
            } else {
                break;
            }
        }
    }
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = match payload.len() {
        length @ ..126 => vec![0x81, length as u8],
        length @ 126..=0xFFFF => [&[0x81, 126][..], &(length as u16).to_be_bytes()].concat(),
        length => [&[0x81, 127][..], &(length as u64).to_be_bytes()].concat(),
    };
    frame.extend_from_slice(payload);
    frame
}

/// The crowd's frames: masked with zeros, 16-bit lengths.
fn next_message(unread: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes([*unread.get(2)?, *unread.get(3)?]));
    let message = unread.get(8..8 + length)?.to_vec();
    unread.drain(..8 + length);
    Some(message)
}

fn shake_hands(peer: &mut Peer) -> anyhow::Result<bool> {
    if !peer.unread.ends_with(b"\r\n\r\n") {
        return Ok(false);
    }
    let head = String::from_utf8_lossy(&peer.unread).into_owned();
    peer.unread.clear();
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap_or_default();
    let accept = STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
    write!(
        peer.stream,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )?;
    Ok(true)
}
