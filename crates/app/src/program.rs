//! The running program, as a cheap handle.

use crate::{Authenticate, Keys, Progress, Stop};
use events::{Clock, Millis};
use std::{ops::Deref, path::PathBuf, sync::Arc, sync::OnceLock};

/// The parts every domain shares. Cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub store: store::Store,
    pub log: eventlog::EventLog,
    pub clock: Clock,
    /// Signing keys, derived from the installation's one secret.
    pub keys: Keys,
    /// The folder everything embedded lives in.
    pub data_dir: PathBuf,
    /// How far each reaction has come.
    pub progress: Progress,
    /// Cancelled when the program shuts down.
    pub stop: Stop,
    auth: OnceLock<Arc<dyn Authenticate>>,
}

impl App {
    pub fn new(store: store::Store, log: eventlog::EventLog, clock: Clock, keys: Keys, data_dir: PathBuf) -> Self {
        Self(Arc::new(Parts {
            store,
            log,
            clock,
            keys,
            data_dir,
            progress: Progress::default(),
            stop: Stop::new(),
            auth: OnceLock::new(),
        }))
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Wires the real sign-in; the first call wins.
    pub fn set_authenticator(&self, auth: Arc<dyn Authenticate>) {
        let _ = self.auth.set(auth);
    }

    pub fn authenticator(&self) -> Option<&Arc<dyn Authenticate>> {
        self.auth.get()
    }

    /// Appends events straight to the log (path (b): high-volume behaviour); resolves once they are on disk.
    pub async fn append(&self, envelopes: &[events::Envelope]) -> Result<std::ops::Range<u64>, eventlog::AppendError> {
        let records = envelopes
            .iter()
            .map(|envelope| eventlog::Record {
                at_ms: envelope.received_at.0.max(0) as u64,
                payload: envelope.encode(),
            })
            .collect();
        self.log.append(records).await
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
