//! From a request's credentials to an actor, remembered for a moment.

use crate::{
    Accounts, roles,
    secret::{self, Carried, Kind},
    store, store_places, store_second, store_tokens,
};
use app::{Actor, Authenticate, Scope};
use async_trait::async_trait;
use events::{Millis, OrgId, TeamId, UserId};
use http::HeaderMap;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How long a good token is believed without asking again: a token revoked by another process works this much longer.
const BELIEVED: Duration = Duration::from_secs(5);
const REMEMBERED: usize = 10_000;
const TOUCH_EVERY_MS: i64 = 60_000;

/// Good tokens by hash. Bad ones are never in here.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    tokens: HashMap<String, Remembered>,
    /// Counts what was forgotten: a look-up that began before must not bring it back.
    forgotten: u64,
}

#[derive(Clone)]
struct Remembered {
    actor: Actor,
    basic: bool,
    expires: Option<Millis>,
    seen: Instant,
}

impl Cache {
    fn get(&self, hash: &str, now: Millis) -> Option<Remembered> {
        let good =
            |kept: &&Remembered| kept.seen.elapsed() < BELIEVED && kept.expires.is_none_or(|expires| now < expires);
        self.0.lock().tokens.get(hash).filter(good).cloned()
    }

    fn forgotten(&self) -> u64 {
        self.0.lock().forgotten
    }

    fn put(&self, hash: String, remembered: Remembered, forgotten: u64) {
        let mut memory = self.0.lock();
        if memory.tokens.len() >= REMEMBERED {
            memory.tokens.retain(|_, kept| kept.seen.elapsed() < BELIEVED);
        }
        if memory.tokens.len() < REMEMBERED && memory.forgotten == forgotten {
            memory.tokens.insert(hash, remembered);
        }
    }

    pub fn forget(&self, hash: &str) {
        let mut memory = self.0.lock();
        memory.tokens.remove(hash);
        memory.forgotten += 1;
    }

    /// For changes that reach further than one person.
    pub fn forget_all(&self) {
        let mut memory = self.0.lock();
        memory.tokens.clear();
        memory.forgotten += 1;
    }

    pub fn forget_user(&self, user: UserId) {
        let mut memory = self.0.lock();
        memory.tokens.retain(|_, kept| kept.actor.user != Some(user));
        memory.forgotten += 1;
    }
}

#[async_trait]
impl Authenticate for Accounts {
    async fn authenticate(&self, headers: &HeaderMap) -> anyhow::Result<Option<Actor>> {
        let Some(carried) = secret::carried(headers) else { return Ok(None) };
        let hash = app::hash_of_secret(&carried.secret);
        let known = match self.cache.get(&hash, self.app.now()) {
            Some(remembered) => Some(remembered),
            None => self.look_up(&carried, &hash).await?,
        };
        Ok(known.filter(|known| known.basic || !carried.basic).map(|known| known.actor))
    }

    fn credential(&self, headers: &HeaderMap) -> Option<String> {
        secret::carried(headers).map(|carried| app::hash_of_secret(&carried.secret))
    }
}

impl Accounts {
    /// Credentials for `Authorization` that may nothing and belong to nobody, good for a moment: with them a handler is asked what
    /// it demands.
    pub fn powerless(&self) -> String {
        let secret = secret::fresh(Kind::Api);
        let actor = Actor {
            user: None,
            name: "powerless".into(),
            role: "none".into(),
            permissions: Arc::default(),
            scope: Scope::whole(OrgId::new()),
            home_team: TeamId::new(),
            must_change_password: false,
            must_enrol: false,
        };
        let remembered = Remembered { actor, basic: false, expires: None, seen: Instant::now() };
        self.cache.put(app::hash_of_secret(&secret), remembered, self.cache.forgotten());
        format!("Bearer {secret}")
    }

    async fn look_up(&self, carried: &Carried, hash: &str) -> anyhow::Result<Option<Remembered>> {
        let (db, now, seen) = (self.app.store.read(), self.app.now(), Instant::now());
        let forgotten = self.cache.forgotten();
        let Some(token) = store_tokens::by_hash(db, carried.kind, hash).await? else { return Ok(None) };
        if !token.works_at(now) {
            return Ok(None);
        }
        let user = match token.user_id {
            Some(user) => store::user(db, user.0).await?,
            None => None,
        };
        let person = carried.kind == Kind::Session || token.user_id.is_some();
        if person && user.as_ref().is_none_or(|user| user.disabled_at_ms.is_some()) {
            return Ok(None);
        }
        // A person's role and reach are those of today, not those of the sign-in.
        let (scope, role) = user.as_ref().map_or((token.scope(), &token.role), |user| (user.scope(), &user.role));
        let Some(role) = roles::role(role) else {
            tracing::warn!(token = %token.id, "token `{}` has the role `{role}`, which this version does not know", token.id);
            return Ok(None);
        };
        let Some(home_team) = store_places::home_team(db, scope).await? else { return Ok(None) };
        let must_enrol = match &user {
            Some(user) if carried.kind == Kind::Session && !token.second_factor => {
                store_second::is_owed(db, user).await?
            }
            _ => false,
        };
        // A personal key does what its owner may do today, within what it was made for.
        let mut permissions = role.within(&token.scopes());
        if let (Kind::Api, Some(_), Some(made_for)) = (carried.kind, &user, roles::role(&token.role)) {
            let made_for = made_for.within(&token.scopes());
            permissions = Arc::new(permissions.intersection(&made_for).cloned().collect());
        }
        let actor = Actor {
            user: user.as_ref().map(|user| user.id.0),
            name: user.as_ref().map_or(token.name.as_str(), |user| &user.login).into(),
            role: role.name.into(),
            permissions,
            scope,
            home_team,
            must_change_password: user.as_ref().is_some_and(|user| user.must_change_password),
            must_enrol,
        };
        let remembered =
            Remembered { actor, basic: role.name == "service", expires: token.expires_at_ms.map(Millis), seen };
        self.cache.put(hash.to_owned(), remembered.clone(), forgotten);
        if token.last_used_at_ms.is_none_or(|used| now.since(Millis(used)) >= TOUCH_EVERY_MS) {
            self.touch(token.id, now);
        }
        Ok(Some(remembered))
    }

    /// Notes the use beside the request: nobody waits for it.
    fn touch(&self, id: ::store::Text<uuid::Uuid>, now: Millis) {
        let store = self.app.store.clone();
        tokio::spawn(async move {
            let noted = async {
                let tx = store.begin().await?;
                store_tokens::touch(&tx, id, now).await?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!("noting the use of the token `{id}` failed: {error:#}");
            }
        });
    }
}
