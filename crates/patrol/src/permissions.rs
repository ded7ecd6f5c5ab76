//! Who may look, who may act, who is told.

use app::{Permission, PermissionInfo};

/// May see the monitor wall, findings and the library.
pub struct ReadPatrol;
impl Permission for ReadPatrol {
    const INFO: PermissionInfo =
        PermissionInfo { name: "patrol.read", zh: "查看巡查", en: "see the patrol of shows" };
}

/// May warn hosts, interrupt shows, decide findings and change the library.
pub struct ActOnPatrol;
impl Permission for ActOnPatrol {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "patrol.act", zh: "巡查处置", en: "warn, interrupt and decide in the patrol of shows"
        };
}

/// Is told of warnings, and says that they were read.
pub struct HearWarnings;
impl Permission for HearWarnings {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "warning.read", zh: "接收警告", en: "read and acknowledge warnings during the show"
        };
}
