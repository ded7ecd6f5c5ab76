//! Which source a room's program shows. Pure.

use events::StreamSource;
use serde::{Deserialize, Serialize};

/// What a person asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hold {
    /// The primary encoder when it is there, else the backup, else the slate.
    #[default]
    Auto,
    Primary,
    Backup,
    Slate,
}

/// How an encoder is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Media came a moment ago.
    pub flowing: bool,
    /// A switch to it would show a picture at once.
    pub decodable: bool,
    /// It has been flowing for long enough to be trusted again.
    pub stable: bool,
}

impl Look {
    fn live(self) -> bool {
        self.flowing && self.decodable
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looks {
    pub primary: Look,
    pub backup: Look,
    /// The room was on air, and nothing has been live for as long as it waits before it shows its slate.
    pub slate_due: bool,
}

impl Looks {
    pub fn of(&self, source: StreamSource) -> Look {
        match source {
            StreamSource::Primary => self.primary,
            StreamSource::Backup => self.backup,
            StreamSource::Slate => Look { flowing: true, decodable: true, stable: true },
        }
    }
}

/// The source to show, `None` to leave things as they are. `at_key`: this encoder's picture can be cut to right now.
pub(crate) fn choose(
    active: Option<StreamSource>,
    hold: Hold,
    looks: &Looks,
    at_key: Option<StreamSource>,
) -> Option<StreamSource> {
    let wanted = match hold {
        Hold::Slate => Some(StreamSource::Slate),
        _ => wanted_encoder(active, hold, looks, at_key),
    };
    wanted.filter(|wanted| active != Some(*wanted))
}

fn wanted_encoder(
    active: Option<StreamSource>,
    hold: Hold,
    looks: &Looks,
    at_key: Option<StreamSource>,
) -> Option<StreamSource> {
    let order = match hold {
        Hold::Backup => [StreamSource::Backup, StreamSource::Primary],
        _ => [StreamSource::Primary, StreamSource::Backup],
    };
    let on_air = active.filter(|active| *active != StreamSource::Slate && looks.of(*active).flowing);
    let Some(on_air) = on_air else {
        let live = order.into_iter().find(|source| looks.of(*source).live());
        return live.or(looks.slate_due.then_some(StreamSource::Slate));
    };
    let held = matches!((hold, order[0]), (Hold::Primary, _) | (Hold::Backup, _));
    order.into_iter().take_while(|source| *source != on_air).find(|better| {
        let look = looks.of(*better);
        // What is on air plays on, so the better one waits for a clean cut, and until it is trusted or asked for.
        look.live() && at_key == Some(*better) && (look.stable || held)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use StreamSource::{Backup, Primary, Slate};

    const DEAD: Look = Look { flowing: false, decodable: false, stable: false };
    const BACK: Look = Look { flowing: true, decodable: true, stable: false };
    const GOOD: Look = Look { flowing: true, decodable: true, stable: true };
    const GREY: Look = Look { flowing: true, decodable: false, stable: true };

    fn looks(primary: Look, backup: Look) -> Looks {
        Looks { primary, backup, slate_due: false }
    }

    #[test]
    fn a_dead_primary_gives_way_at_once() {
        assert_eq!(choose(Some(Primary), Hold::Auto, &looks(DEAD, BACK), None), Some(Backup));
        assert_eq!(choose(Some(Primary), Hold::Auto, &looks(DEAD, GREY), None), None, "nothing to show yet");
        assert_eq!(choose(Some(Primary), Hold::Primary, &looks(DEAD, GOOD), None), Some(Backup));
    }

    #[test]
    fn the_primary_returns_when_it_is_stable_and_at_a_key_frame() {
        assert_eq!(choose(Some(Backup), Hold::Auto, &looks(BACK, GOOD), Some(Primary)), None);
        assert_eq!(choose(Some(Backup), Hold::Auto, &looks(GOOD, GOOD), None), None);
        assert_eq!(choose(Some(Backup), Hold::Auto, &looks(GOOD, GOOD), Some(Primary)), Some(Primary));
        assert_eq!(choose(Some(Primary), Hold::Auto, &looks(GOOD, GOOD), Some(Backup)), None);
    }

    #[test]
    fn a_person_chooses() {
        assert_eq!(choose(Some(Primary), Hold::Backup, &looks(GOOD, BACK), Some(Backup)), Some(Backup));
        assert_eq!(choose(Some(Primary), Hold::Backup, &looks(GOOD, DEAD), None), None);
        assert_eq!(choose(Some(Backup), Hold::Backup, &looks(GOOD, GOOD), Some(Primary)), None);
        assert_eq!(choose(Some(Primary), Hold::Slate, &looks(GOOD, GOOD), None), Some(Slate));
        assert_eq!(choose(Some(Slate), Hold::Slate, &looks(GOOD, GOOD), Some(Primary)), None);
        assert_eq!(choose(Some(Backup), Hold::Primary, &looks(BACK, GOOD), Some(Primary)), Some(Primary));
    }

    #[test]
    fn the_slate_comes_when_nothing_is_live_and_goes_by_itself() {
        let quiet = Looks { slate_due: true, ..looks(DEAD, DEAD) };
        assert_eq!(choose(Some(Primary), Hold::Auto, &quiet, None), Some(Slate));
        assert_eq!(choose(None, Hold::Auto, &quiet, None), Some(Slate), "as after a restart of the program");
        assert_eq!(choose(None, Hold::Auto, &looks(DEAD, DEAD), None), None);
        assert_eq!(choose(Some(Slate), Hold::Auto, &quiet, None), None);
        assert_eq!(choose(Some(Slate), Hold::Auto, &looks(DEAD, BACK), None), Some(Backup));
        assert_eq!(choose(Some(Slate), Hold::Auto, &looks(BACK, GOOD), None), Some(Primary));
    }
}
