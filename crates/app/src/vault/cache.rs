//! The keys that were used last, in memory and bounded. Pure.

use events::OrgId;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Half of what is kept: when the younger half is full, the older one goes.
const HALF: usize = 50_000;

/// Whose a key is, and for when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner {
    pub org: OrgId,
    /// The pseudonym; empty for what nobody is known to have written.
    pub person: Arc<str>,
    /// Its number among stretches of 30 days since 1970.
    pub period: i32,
}

pub struct Key {
    pub id: Uuid,
    pub owner: Owner,
    pub bytes: [u8; 32],
}

#[derive(Default)]
pub struct Cache {
    young: Half,
    old: Half,
}

#[derive(Default)]
struct Half {
    /// None: there is no such key any more, and never will be.
    by_id: HashMap<Uuid, Option<Arc<Key>>>,
    by_owner: HashMap<Owner, Arc<Key>>,
}

impl Cache {
    pub fn of(&mut self, owner: &Owner) -> Option<Arc<Key>> {
        if let Some(key) = self.young.by_owner.get(owner) {
            return Some(key.clone());
        }
        let key = self.old.by_owner.get(owner).cloned()?;
        self.keep(key.clone());
        Some(key)
    }

    /// None when nothing is known of it.
    pub fn find(&mut self, id: Uuid) -> Option<Option<Arc<Key>>> {
        if let Some(known) = self.young.by_id.get(&id) {
            return Some(known.clone());
        }
        let known = self.old.by_id.get(&id).cloned()?;
        match &known {
            Some(key) => self.keep(key.clone()),
            None => self.note_gone(id),
        }
        Some(known)
    }

    pub fn keep(&mut self, key: Arc<Key>) {
        self.young.by_owner.insert(key.owner.clone(), key.clone());
        self.young.by_id.insert(key.id, Some(key));
        self.age();
    }

    /// There is no such key: whatever was sealed with it stays sealed.
    pub fn note_gone(&mut self, id: Uuid) {
        self.forget(id);
        self.young.by_id.insert(id, None);
        self.age();
    }

    pub fn forget(&mut self, id: Uuid) {
        for half in [&mut self.young, &mut self.old] {
            if let Some(Some(key)) = half.by_id.remove(&id)
                && half.by_owner.get(&key.owner).is_some_and(|known| known.id == id)
            {
                half.by_owner.remove(&key.owner);
            }
        }
    }

    fn age(&mut self) {
        if self.young.by_id.len() >= HALF {
            self.old = std::mem::take(&mut self.young);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.by_id.len() + self.old.by_id.len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn key(person: &str) -> Arc<Key> {
        let owner = Owner { org: OrgId(Uuid::nil()), person: person.into(), period: 1 };
        Arc::new(Key { id: Uuid::now_v7(), owner, bytes: [1; 32] })
    }

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let mut cache = Cache::default();
        let used = key("used");
        cache.keep(used.clone());
        for n in 0..3 * HALF {
            cache.keep(key(&n.to_string()));
            assert!(cache.of(&used.owner).is_some_and(|known| known.id == used.id));
        }
        assert!(cache.len() <= 2 * HALF);
        assert!(cache.of(&key("0").owner).is_none());
    }

    #[test]
    fn a_key_that_is_gone_is_known_to_be() {
        let mut cache = Cache::default();
        let (gone, next) = (key("a"), key("a"));
        cache.keep(gone.clone());
        cache.note_gone(gone.id);
        assert!(cache.of(&gone.owner).is_none() && cache.find(gone.id).unwrap().is_none());
        cache.keep(next.clone());
        cache.note_gone(gone.id);
        assert!(cache.of(&gone.owner).is_some_and(|known| known.id == next.id));
        assert!(cache.find(Uuid::nil()).is_none());
    }
}
