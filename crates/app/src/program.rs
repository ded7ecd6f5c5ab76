//! The running program, as a cheap handle.

use crate::{Authenticate, Keys, Progress, Stop, vault::Vault};
use events::{Clock, Millis};
use std::{io, ops::Deref, path::PathBuf, sync::Arc, sync::OnceLock};

/// The parts every domain shares. Cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub store: store::Store,
    pub log: eventlog::EventLog,
    pub clock: Clock,
    /// Signing keys, derived from the installation's one secret.
    pub keys: Keys,
    /// What people wrote, under a key of each.
    pub vault: Vault,
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
            vault: Vault::new(store.clone(), log.clone(), &keys),
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

    /// Appends events straight to the log (path (b): high-volume behaviour); resolves once they are on disk. What people wrote
    /// is sealed on the way.
    pub async fn append(&self, envelopes: &[events::Envelope]) -> Result<std::ops::Range<u64>, eventlog::AppendError> {
        let payloads = self.vault.seal(envelopes).await;
        // A key is as much a part of the record as its bytes.
        let payloads = payloads.map_err(|error| eventlog::AppendError::Io(Arc::new(io::Error::other(error))))?;
        let records = envelopes
            .iter()
            .zip(payloads)
            .map(|(envelope, payload)| eventlog::Record { at_ms: envelope.received_at.0.max(0) as u64, payload })
            .collect();
        self.log.append(records).await
    }

    /// Reads records of the log as events, with what people wrote; what is no event that this version knows is left out.
    pub async fn read<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a eventlog::Entry>,
    ) -> anyhow::Result<Vec<(u64, events::Envelope)>> {
        let known = entries
            .into_iter()
            .filter_map(|entry| Some((entry.position, events::Envelope::decode(&entry.payload).ok()?)));
        let (positions, mut envelopes): (Vec<u64>, Vec<events::Envelope>) = known.unzip();
        self.vault.open(&mut envelopes).await?;
        Ok(positions.into_iter().zip(envelopes).collect())
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
