//! What people may do with streams.

use app::{Permission, PermissionInfo};

/// See stream quality, sources, recordings, replays and clips.
pub struct ReadStreams;
impl Permission for ReadStreams {
    const INFO: PermissionInfo = PermissionInfo { name: "stream.read", zh: "查看直播流", en: "See streams" };
}

/// Slate, backup, recording rules, relays, ladder, checks.
pub struct ManageStreams;
impl Permission for ManageStreams {
    const INFO: PermissionInfo = PermissionInfo { name: "stream.manage", zh: "管理直播流", en: "Manage streams" };
}

/// Check encoder, camera, microphone and line before a show.
pub struct CheckStreams;
impl Permission for CheckStreams {
    const INFO: PermissionInfo = PermissionInfo { name: "stream.check", zh: "直播检测", en: "Check streams" };
}

/// Cut and remove clips.
pub struct CutClips;
impl Permission for CutClips {
    const INFO: PermissionInfo = PermissionInfo { name: "clip.write", zh: "剪辑切片", en: "Cut clips" };
}

/// Outside media servers and their secrets.
pub struct ManageServers;
impl Permission for ManageServers {
    const INFO: PermissionInfo =
        PermissionInfo { name: "media_server.manage", zh: "管理媒体服务器", en: "Manage media servers" };
}
