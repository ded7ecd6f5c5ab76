//! What an operator may set about the room sockets.

use serde::{Deserialize, Serialize};

/// The `room` section of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoomSettings {
    /// Pages of these origins (`https://host[:port]`) may open the socket, besides those of the same host.
    pub origins: Vec<String>,
    /// Sockets in all.
    pub connections: usize,
    /// Sockets from one address; loopback is exempt. 0 = no limit.
    pub connections_per_ip: usize,
    /// Threads that write to the sockets; 0 = one per core, at most 8.
    pub shards: usize,
    /// Pause between two frames of a small room, in ms. 0 = one frame per event, for measuring.
    pub tick_min_ms: u64,
    /// The same in a huge room; in between it grows with the members.
    pub tick_max_ms: u64,
    /// Danmaku shown per second and room; what is above is sampled (and still stored). 0 = all.
    pub shown_per_s: u32,
    /// Longest danmaku, in characters.
    pub danmaku_chars: usize,
    /// Danmaku per viewer and second, also the burst.
    pub danmaku_per_s: u32,
    /// Likes per viewer and second; more are cut off.
    pub likes_per_s: u32,
    /// Messages per socket and second, with twice as many in a burst. 0 = no limit.
    pub messages_per_s: u32,
    /// The kernel's send buffer per socket (it doubles the number). Small, or a slow reader hides behind it.
    pub send_buffer_bytes: usize,
    /// A socket with more sequenced bytes waiting is closed ...
    pub backlog_bytes: usize,
    /// ... or with bytes waiting for longer.
    pub backlog_ms: u64,
    /// A socket that says nothing for so long is closed.
    pub idle_ms: u64,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            connections: 50_000,
            connections_per_ip: 256,
            shards: 0,
            tick_min_ms: 50,
            tick_max_ms: 500,
            shown_per_s: 50,
            danmaku_chars: 200,
            danmaku_per_s: 3,
            likes_per_s: 20,
            messages_per_s: 20,
            send_buffer_bytes: 16 * 1024,
            backlog_bytes: 64 * 1024,
            backlog_ms: 5_000,
            idle_ms: 60_000,
        }
    }
}

impl RoomSettings {
    pub fn shard_count(&self) -> usize {
        match self.shards {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get()).min(8),
            shards => shards.min(64),
        }
    }

    /// Milliseconds between two frames of a room with so many members on one shard.
    pub fn tick_ms(&self, members: usize) -> u64 {
        let wanted = match members {
            ..2_000 => 0,
            2_000..6_000 => 100,
            6_000..20_000 => 200,
            _ => 500,
        };
        wanted.clamp(self.tick_min_ms.min(self.tick_max_ms), self.tick_max_ms)
    }
}
