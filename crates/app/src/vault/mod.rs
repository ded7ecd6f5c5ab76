//! What people wrote and who they are, in the event log under a key of each person and period: it is gone when its key is, wherever
//! copies of it stand. The one place where events become records and records events.
//!
//! `sealed` is base64 of `version 1 | key 16 | nonce 12 | ChaCha20-Poly1305 of the personal part as JSON`; it opens for the same
//! event and moment only. Keys are random, and stand in SQL under the installation's own.

mod cache;
mod migrations;
mod store;

pub use self::store::{Doomed, Kept};

use self::{
    cache::{Cache, Key, Owner},
    store::Row,
};
use crate::{Keys, hash_of_bytes, sealed};
use ::store::{MigrationSet, Store};
use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use bytes::Bytes;
use eventlog::EventLog;
use events::{Envelope, Millis, OrgId, Personal};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// Its tables.
pub const TABLES: MigrationSet = MigrationSet { feature: "vault", steps: migrations::MIGRATIONS };

/// How long a person has the same key. What is kept for a time goes with whole periods.
pub const PERIOD_MS: i64 = 30 * 86_400_000;

const PURPOSE: &str = "vault";
const VERSION: u8 = 1;
const DESTROYED_AT_ONCE: u64 = 1_000;

pub struct Vault {
    store: Store,
    log: EventLog,
    root: [u8; 32],
    /// Tells keys under the root from those of another installation.
    root_name: String,
    cache: Mutex<Cache>,
    /// Owners that need a key. Whoever has the turn makes those of all who wait, with one commit.
    wanted: Mutex<BTreeSet<Owner>>,
    /// Who reads, makes or destroys keys: one at a time, so that no key is remembered that is gone.
    turn: tokio::sync::Mutex<()>,
}

/// The key that a sealed part is under.
pub fn key_of(sealed: &str) -> Option<Uuid> {
    Some(Sealed::parse(sealed)?.key)
}

/// When a period begins.
pub fn beginning_of(period: i32) -> Millis {
    Millis(i64::from(period) * PERIOD_MS)
}

/// The period of what was received then.
pub fn period_of(received_at: Millis) -> i32 {
    i32::try_from(received_at.0.div_euclid(PERIOD_MS)).unwrap_or(i32::MAX)
}

impl Vault {
    pub(crate) fn new(store: Store, log: EventLog, keys: &Keys) -> Self {
        Self {
            store,
            log,
            root: sealed::key(keys, PURPOSE),
            root_name: hash_of_bytes(&keys.sign(PURPOSE, b"name")).chars().take(16).collect(),
            cache: Mutex::default(),
            wanted: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The events as they stand in the log.
    pub(crate) async fn seal(&self, envelopes: &[Envelope]) -> anyhow::Result<Vec<Bytes>> {
        // Heartbeats and the like go as they are.
        if !envelopes.iter().any(Envelope::may_be_personal) {
            return Ok(envelopes.iter().map(Envelope::encode).collect());
        }
        let split: Vec<Option<(Envelope, Personal, Owner)>> = envelopes.iter().map(split).collect();
        let owners: BTreeSet<Owner> = split.iter().flatten().map(|(_, _, owner)| owner.clone()).collect();
        let keys = if owners.is_empty() { HashMap::new() } else { self.keys(&owners).await? };
        let sealed = split.into_iter().zip(envelopes).map(|(split, whole)| {
            let Some((mut envelope, personal, owner)) = split else { return Ok(whole.encode()) };
            let key = keys.get(&owner).context("a viewer has no key")?;
            envelope.sealed = Some(seal(key, &envelope, &personal)?);
            Ok(envelope.encode())
        });
        sealed.collect()
    }

    /// Puts back what was sealed; what cannot be opened any more reads as erased.
    pub async fn open(&self, envelopes: &mut [Envelope]) -> anyhow::Result<()> {
        let sealed: Vec<(&mut Envelope, Option<Sealed>)> = envelopes
            .iter_mut()
            .filter_map(|envelope| {
                let sealed = Sealed::parse(&envelope.sealed.take()?);
                Some((envelope, sealed))
            })
            .collect();
        if sealed.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<Uuid> = sealed.iter().filter_map(|(_, sealed)| Some(sealed.as_ref()?.key)).collect();
        let keys = self.find(&ids).await?;
        for (envelope, sealed) in sealed {
            let opened = sealed.and_then(|sealed| {
                let key = keys.get(&sealed.key)?;
                let opened = sealed.open(key, envelope);
                if let Err(error) = &opened {
                    metrics::counter!("kaibo_vault_unreadable_total").increment(1);
                    tracing::error!("what a viewer wrote cannot be read: {error:#}");
                }
                opened.ok()
            });
            match opened {
                Some(personal) => envelope.put_personal(personal),
                None => envelope.erased = true,
            }
        }
        Ok(())
    }

    /// Destroys keys, and with them what they sealed; says how many there were.
    pub async fn destroy(&self, doomed: &Doomed<'_>) -> anyhow::Result<u64> {
        let (mut destroyed, mut after) = (0, None);
        loop {
            let (gone, last) = self.destroy_some(doomed, after).await?;
            destroyed += gone;
            after = last;
            if after.is_none() {
                return Ok(destroyed);
            }
        }
    }

    /// A step of [`Self::destroy`], behind a key that was looked at: how many were destroyed, and where to go on.
    pub async fn destroy_some(&self, doomed: &Doomed<'_>, after: Option<Uuid>) -> anyhow::Result<(u64, Option<Uuid>)> {
        let _turn = self.turn.lock().await;
        let tx = self.store.begin().await?;
        let (gone, last) = self::store::destroy(tx.db(), doomed, after, DESTROYED_AT_ONCE).await?;
        tx.commit().await?;
        let mut cache = self.cache.lock();
        gone.iter().for_each(|id| cache.forget(*id));
        Ok((gone.len() as u64, last))
    }

    /// How many keys there are of these.
    pub async fn count(&self, doomed: &Doomed<'_>) -> anyhow::Result<u64> {
        self::store::count(self.store.read(), doomed, DESTROYED_AT_ONCE).await
    }

    /// The first period before this one of which something can be read.
    pub async fn oldest(&self, org: OrgId, before: i32) -> anyhow::Result<Option<i32>> {
        self::store::oldest(self.store.read(), org, before).await
    }

    async fn keys(&self, owners: &BTreeSet<Owner>) -> anyhow::Result<HashMap<Owner, Arc<Key>>> {
        let mut keys = HashMap::with_capacity(owners.len());
        self.known(owners, &mut keys);
        if keys.len() == owners.len() {
            return Ok(keys);
        }
        self.wanted.lock().extend(owners.iter().filter(|owner| !keys.contains_key(*owner)).cloned());
        let _turn = self.turn.lock().await;
        self.known(owners, &mut keys);
        if keys.len() < owners.len() {
            let mut wanted = std::mem::take(&mut *self.wanted.lock());
            wanted.extend(owners.iter().filter(|owner| !keys.contains_key(*owner)).cloned());
            for key in self.make(wanted.into_iter().collect()).await? {
                keys.insert(key.owner.clone(), key);
            }
        }
        Ok(keys)
    }

    fn known(&self, owners: &BTreeSet<Owner>, keys: &mut HashMap<Owner, Arc<Key>>) {
        let mut cache = self.cache.lock();
        for owner in owners {
            if !keys.contains_key(owner)
                && let Some(key) = cache.of(owner)
            {
                keys.insert(owner.clone(), key);
            }
        }
    }

    /// The keys of these, which are in order; those that have none are given one.
    async fn make(&self, owners: Vec<Owner>) -> anyhow::Result<Vec<Arc<Key>>> {
        let mut rows = self::store::of(self.store.read(), &self.root_name, &owners).await?;
        let having: BTreeSet<Owner> = rows.iter().map(|row| row.owner.clone()).collect();
        let lacking: Vec<Owner> = owners.into_iter().filter(|owner| !having.contains(owner)).collect();
        if !lacking.is_empty() {
            let position = self.log.last();
            let fresh = lacking.iter().map(|owner| {
                let id = Uuid::now_v7();
                let (root, sealed) = (self.root_name.clone(), wrap(&self.root, id, &rand::random())?);
                Ok(Row { id, owner: owner.clone(), root, sealed, position })
            });
            let fresh = fresh.collect::<anyhow::Result<Vec<Row>>>()?;
            let tx = self.store.begin().await?;
            let kept = self::store::insert(tx.db(), &self.root_name, &fresh).await?;
            // Another process may have been faster.
            let is_all = kept == fresh.len() as u64;
            rows.extend(if is_all { fresh } else { self::store::of(tx.db(), &self.root_name, &lacking).await? });
            tx.commit().await?;
            metrics::counter!("kaibo_vault_keys_made_total").increment(lacking.len() as u64);
        }
        Ok(self.remember(rows))
    }

    async fn find(&self, ids: &BTreeSet<Uuid>) -> anyhow::Result<HashMap<Uuid, Arc<Key>>> {
        let mut keys = HashMap::with_capacity(ids.len());
        let unknown = self.recall(ids, &mut keys);
        if unknown.is_empty() {
            return Ok(keys);
        }
        let _turn = self.turn.lock().await;
        let found = self.remember(self::store::find(self.store.read(), &unknown).await?);
        keys.extend(found.into_iter().map(|key| (key.id, key)));
        let mut cache = self.cache.lock();
        unknown.iter().filter(|id| !keys.contains_key(id)).for_each(|id| cache.note_gone(*id));
        Ok(keys)
    }

    /// Those of which nothing is known.
    fn recall(&self, ids: &BTreeSet<Uuid>, keys: &mut HashMap<Uuid, Arc<Key>>) -> Vec<Uuid> {
        let mut cache = self.cache.lock();
        let mut unknown = Vec::new();
        for id in ids {
            match cache.find(*id) {
                Some(Some(key)) => drop(keys.insert(*id, key)),
                Some(None) => {}
                None => unknown.push(*id),
            }
        }
        unknown
    }

    /// Opens keys and keeps them in memory. One of another installation's root opens nothing here.
    fn remember(&self, rows: Vec<Row>) -> Vec<Arc<Key>> {
        let keys = rows.into_iter().filter_map(|row| {
            let opened = if row.root == self.root_name {
                unwrap(&self.root, row.id, &row.sealed)
            } else {
                Err(anyhow!("it was made with another `secret.key`"))
            };
            match opened {
                Ok(bytes) => Some(Arc::new(Key { id: row.id, owner: row.owner, bytes })),
                Err(error) => {
                    metrics::counter!("kaibo_vault_unreadable_total").increment(1);
                    tracing::error!(key = %row.id, "a viewer's key cannot be used: {error:#}");
                    None
                }
            }
        });
        let keys: Vec<Arc<Key>> = keys.collect();
        let mut cache = self.cache.lock();
        keys.iter().for_each(|key| cache.keep(key.clone()));
        keys
    }
}

/// An event without its personal part, that part, and whose it is.
fn split(whole: &Envelope) -> Option<(Envelope, Personal, Owner)> {
    if !whole.may_be_personal() {
        return None;
    }
    let mut envelope = whole.clone();
    let personal = envelope.take_personal()?;
    let person = whole.viewer.as_ref().map_or("", |viewer| viewer.as_str()).into();
    let owner = Owner { org: whole.org, person, period: period_of(whole.received_at) };
    Some((envelope, personal, owner))
}

struct Sealed {
    key: Uuid,
    bytes: Vec<u8>,
}

impl Sealed {
    fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        (*version == VERSION).then(|| Self { key: Uuid::from_bytes(*key), bytes: rest.to_vec() })
    }

    fn open(self, key: &Key, envelope: &Envelope) -> anyhow::Result<Personal> {
        let opened = sealed::unlock(&key.bytes, &about(envelope), self.bytes)?;
        serde_json::from_slice(&opened).context("reading what was sealed")
    }
}

fn seal(key: &Key, envelope: &Envelope, personal: &Personal) -> anyhow::Result<String> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(key.id.as_bytes());
    sealed::lock(&key.bytes, &about(envelope), &serde_json::to_vec(personal)?, &mut bytes)?;
    Ok(STANDARD_NO_PAD.encode(bytes))
}

/// What else must stay as it is for the personal part to open.
fn about(envelope: &Envelope) -> Vec<u8> {
    let mut about = envelope.occurred_at.0.to_le_bytes().to_vec();
    about.extend_from_slice(envelope.event.name().as_bytes());
    about
}

fn wrap(root: &[u8; 32], id: Uuid, key: &[u8; 32]) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    sealed::lock(root, id.as_bytes(), key, &mut bytes)?;
    Ok(STANDARD_NO_PAD.encode(bytes))
}

fn unwrap(root: &[u8; 32], id: Uuid, wrapped: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = STANDARD_NO_PAD.decode(wrapped).context("a viewer's key is not readable")?;
    let key = sealed::unlock(root, id.as_bytes(), bytes).context("opening a viewer's key")?;
    key.try_into().ok().context("a viewer's key of the wrong length")
}
