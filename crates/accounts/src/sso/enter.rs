//! A sign-in on its way: begun, answered by the provider, and what becomes of the person then.

use super::{
    SEALED,
    call::{Ask, Trouble, plain},
    rules::{self, Admission, Grant, Known, Owner, Provider, Refusal},
    store::{self, Attempt, CODE, DONE, Identity, LINK, SIGN_IN},
    token::{self, Expected, Person},
};
use crate::{
    Accounts,
    store::{User, insert_user, user},
    store_audit::{self, Action, Change, Whence, Who},
    store_links, store_second, store_staff,
};
use ::store::{OnConstraint, Text, Tx};
use app::{ApiError, Keys, Scope, sealed};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use events::{Millis, UserId};
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// From the first click to the last.
const LASTS_MS: i64 = 600_000;

/// What the browser takes along, and where it goes.
pub struct Begun {
    pub url: String,
    pub state: String,
    pub browser: String,
}

/// What the provider sent the browser back with.
pub struct Answer<'a> {
    pub state: &'a str,
    pub code: Option<&'a str>,
    pub issuer: Option<&'a str>,
    pub error: Option<&'a str>,
}

/// What came of it.
pub enum Finished {
    In(Entered),
    /// The own second factor is owed still.
    Code,
    Linked(User),
}

pub struct Entered {
    pub user: User,
    pub provider: String,
    /// The provider vouches for one.
    pub second_factor: bool,
}

/// What only the browser that began can make again, together with this program.
struct Secrets {
    nonce: String,
    verifier: String,
}

impl Secrets {
    fn of(keys: &Keys, browser: &str) -> Self {
        let one = |purpose| URL_SAFE_NO_PAD.encode(keys.sign(purpose, browser.as_bytes()));
        Self { nonce: one("accounts sso nonce v1"), verifier: one("accounts sso verifier v1") }
    }
}

fn fresh() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn unavailable(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::CodeRefused(_) | Trouble::Token(_) | Trouble::NoIdToken => Refusal::Disbelieved(trouble.to_string()),
        _ => Refusal::Unavailable(trouble.to_string()),
    }
}

impl Accounts {
    /// Sends a browser to the provider: to sign in, or to link an identity to `linking`.
    pub(super) async fn begin_sso(
        &self,
        provider: &Provider,
        linking: Option<UserId>,
        origin: &str,
    ) -> Result<Begun, ApiError> {
        let now = self.app.now();
        let description = self.sso.description(provider, now).await.map_err(unavailable)?;
        let (state, browser) = (fresh(), fresh());
        let Secrets { nonce, verifier } = Secrets::of(&self.app.keys, &browser);
        let redirect_uri = format!("{origin}/console/sso");
        let ask = Ask { redirect_uri: &redirect_uri, state: &state, nonce: &nonce, verifier: &verifier };
        let url = description.authorization(provider, ask);
        let attempt = Attempt {
            state_hash: app::hash_of_secret(&state),
            browser_hash: app::hash_of_secret(&browser),
            provider_id: Text(provider.id),
            user_id: linking.map(Text),
            redirect_uri,
            stage: if linking.is_some() { LINK } else { SIGN_IN }.into(),
            expires_at_ms: now.plus_ms(LASTS_MS).0,
        };
        let tx = self.app.store.begin().await?;
        store::begin(&tx, attempt, now).await.map_err(anyhow::Error::from)?;
        tx.commit().await?;
        Ok(Begun { url, state, browser })
    }

    /// The provider has answered. `signed_in` is whose session the browser has.
    pub(super) async fn finish_sso(
        &self,
        answer: Answer<'_>,
        browser: &str,
        signed_in: Option<UserId>,
        address: IpAddr,
    ) -> Result<Finished, ApiError> {
        let (attempt, provider) = self.taken(answer.state, browser).await?;
        let came = match self.believed(&provider, &attempt, &answer, browser).await {
            Ok(person) if attempt.stage == LINK => {
                self.link_sso(&provider, &attempt, &person, signed_in, address).await
            }
            Ok(person) => self.enter_sso(&provider, &attempt, &person, address).await,
            Err(refusal) => Err(refusal),
        };
        if let Err(error) = &came {
            self.note_refused(&provider, error.code(), address).await?;
        }
        came
    }

    /// The own second factor, after the provider let the person in.
    pub(super) async fn owing(&self, state: &str, browser: &str) -> Result<(Attempt, Entered), ApiError> {
        let (db, now) = (self.app.store.read(), self.app.now());
        let attempt = store::attempt(db, state, browser, now).await.map_err(anyhow::Error::from)?;
        let attempt = attempt.filter(|attempt| attempt.stage == CODE).ok_or(Refusal::Stale)?;
        let provider = store::provider(db, attempt.provider_id.0).await?;
        let provider = provider.filter(|provider| provider.enabled).ok_or(Refusal::Stale)?;
        let person = match attempt.user_id {
            Some(person) => user(db, person.0).await.map_err(anyhow::Error::from)?,
            None => None,
        };
        let user = person.filter(|person| person.disabled_at_ms.is_none()).ok_or(Refusal::Stale)?;
        Ok((attempt, Entered { user, provider: provider.name, second_factor: false }))
    }

    /// Ends a sign-in whose code was right.
    pub(super) async fn paid(&self, attempt: &Attempt) -> Result<(), ApiError> {
        let tx = self.app.store.begin().await?;
        if !store::advance(&tx, attempt, DONE, None).await.map_err(anyhow::Error::from)? {
            return Err(Refusal::Stale.into());
        }
        Ok(tx.commit().await?)
    }

    /// The sign-in of this state, which nobody can use again.
    async fn taken(&self, state: &str, browser: &str) -> Result<(Attempt, Provider), ApiError> {
        let tx = self.app.store.begin().await?;
        let attempt = store::attempt(tx.db(), state, browser, self.app.now()).await.map_err(anyhow::Error::from)?;
        let waits = |attempt: &Attempt| attempt.stage == SIGN_IN || attempt.stage == LINK;
        let attempt = attempt.filter(waits).ok_or(Refusal::Stale)?;
        let taken = store::advance(&tx, &attempt, DONE, attempt.user_id.map(|user| user.0)).await;
        if !taken.map_err(anyhow::Error::from)? {
            return Err(Refusal::Stale.into());
        }
        let provider = store::provider(tx.db(), attempt.provider_id.0).await?;
        tx.commit().await?;
        let provider = provider.filter(|provider| provider.enabled).ok_or(Refusal::Stale)?;
        Ok((attempt, provider))
    }

    /// The person, if the provider's answer is to be believed.
    async fn believed(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        answer: &Answer<'_>,
        browser: &str,
    ) -> Result<Person, ApiError> {
        let now = self.app.now();
        let disbelieved = |why: &str| Refusal::Disbelieved(why.to_owned());
        let description = self.sso.description(provider, now).await.map_err(unavailable)?;
        // RFC 9207: an answer of another provider is not taken to this one.
        match answer.issuer {
            Some(issuer) if issuer != provider.issuer => Err(disbelieved("the answer is of another issuer"))?,
            None if description.says_issuer => Err(disbelieved("the answer does not say its issuer"))?,
            _ => {}
        }
        if let Some(error) = answer.error {
            Err(Refusal::Denied(plain(error)))?;
        }
        let code = answer.code.ok_or_else(|| disbelieved("the answer has no code"))?;
        let Secrets { nonce, verifier } = Secrets::of(&self.app.keys, browser);
        let ask = Ask { redirect_uri: &attempt.redirect_uri, state: answer.state, nonce: &nonce, verifier: &verifier };
        let secret = self.client_secret(provider)?;
        let tokens = self.sso.exchange(provider, &secret, &description, code, ask).await.map_err(unavailable)?;
        let payload = self.sso.verified(provider, &tokens.id, now).await.map_err(unavailable)?;
        let expected = Expected { issuer: &provider.issuer, client_id: &provider.client_id, nonce: &nonce, now };
        let mut claims = token::check(&payload, expected).map_err(|trouble| disbelieved(&trouble.to_string()))?;
        let groups = &provider.policy.groups_claim;
        let ungrouped = !groups.is_empty() && token::person(&claims, groups).groups.is_empty();
        let lacking = ungrouped || !claims.contains_key("email");
        if let Some(access) = tokens.access.filter(|_| lacking) {
            let more = self.sso.user_info(provider, &description, &access).await.map_err(unavailable)?;
            let more = more.unwrap_or_default();
            if !more.is_empty() && more.get("sub") != claims.get("sub") {
                Err(disbelieved("the user info is of another person"))?;
            }
            complete(&mut claims, more, groups);
        }
        Ok(token::person(&claims, groups))
    }

    pub(super) fn client_secret(&self, provider: &Provider) -> anyhow::Result<String> {
        match provider.client_secret.is_empty() {
            true => Ok(String::new()),
            false => sealed::open(&self.app.keys, SEALED, provider.id, &provider.client_secret),
        }
    }

    async fn enter_sso(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        person: &Person,
        address: IpAddr,
    ) -> Result<Finished, ApiError> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        // Two of the same person's, or an invitation's, take turns.
        store_audit::take_turn(&tx).await?;
        let user = self.admitted(&tx, provider, person, address, now).await?;
        let vouched = provider.policy.trusts_second_factor || person.second_factor;
        let factor = store_second::confirmed(tx.db(), user.id.0).await.map_err(anyhow::Error::from)?;
        let owes = factor.is_some() && !vouched;
        if owes {
            let done = Attempt { stage: DONE.into(), ..attempt.clone() };
            store::advance(&tx, &done, CODE, Some(user.id.0)).await.map_err(anyhow::Error::from)?;
        }
        tx.commit().await?;
        self.cache.forget_user(user.id.0);
        if owes {
            return Ok(Finished::Code);
        }
        Ok(Finished::In(Entered { user, provider: provider.name.clone(), second_factor: vouched }))
    }

    /// Lets the person in, in the transaction: as who they are, by their invitation, or as a new one.
    async fn admitted(
        &self,
        tx: &Tx,
        provider: &Provider,
        person: &Person,
        address: IpAddr,
        now: Millis,
    ) -> Result<User, ApiError> {
        let identity = store::identity(tx.db(), provider.id, &person.subject).await.map_err(anyhow::Error::from)?;
        let known = known(tx, provider, person, identity.as_ref(), now).await?;
        match rules::admit(provider, person, known)? {
            Admission::Enter(user, grant) => {
                if let Some(identity) = identity {
                    store::touch(tx, identity.id, now).await.map_err(anyhow::Error::from)?;
                }
                match grant {
                    Some(grant) => self.follow(tx, provider, user, &grant, address, now).await,
                    None => Ok(user),
                }
            }
            Admission::Join(user) => {
                let id = user.id.0;
                let link = store_links::waiting_for(tx.db(), id, now).await.map_err(anyhow::Error::from)?;
                let link = link.ok_or(Refusal::NotInvited)?;
                let taken = store_links::take(tx, link.id, now).await.map_err(anyhow::Error::from)?;
                if !taken || !store_staff::join(tx, id, now).await.map_err(anyhow::Error::from)? {
                    return Err(Refusal::Stale.into());
                }
                // Nobody else's factor may wait here.
                store_second::remove(tx, id).await.map_err(anyhow::Error::from)?;
                attach(tx, provider, person, id, false, now).await?;
                self.note(tx, &user, Action::InvitationAccepted, provider, address, now).await?;
                Ok(user)
            }
            Admission::Newcomer { login, name, email, grant } => {
                let mut user = User::new(grant.scope(provider.org), login, name, &grant.role, now);
                (user.email, user.joined_at_ms) = (email, Some(now.0));
                let made = insert_user(tx, user.clone()).await;
                made.on_constraint("accounts_users_login_key", Refusal::AccountExists)
                    .on_constraint("accounts_users_org_id_email_key", Refusal::AccountExists)??;
                attach(tx, provider, person, user.id.0, true, now).await?;
                let who = Who::user(&user, address);
                let after = json!({"provider": provider.name, "login": user.login, "role": user.role,
                    "region": user.region_id.map(|id| id.0), "team": user.team_id.map(|id| id.0)});
                let change = Change::new(None, after);
                store_audit::record_change(tx, who, Action::StaffCame, &user.id.to_string(), change, now).await?;
                Ok(user)
            }
        }
    }

    /// Role and reach are what the groups say now.
    async fn follow(
        &self,
        tx: &Tx,
        provider: &Provider,
        before: User,
        grant: &Grant,
        address: IpAddr,
        now: Millis,
    ) -> Result<User, ApiError> {
        let mut after = User { role: grant.role.clone(), ..before.clone() };
        store_staff::set_reach(&mut after, grant.scope(provider.org));
        if store_staff::is_head(&before) && !store_staff::is_head(&after) {
            let another = store_staff::another_admin(tx, before.org_id.0, before.id.0).await;
            if !another.map_err(anyhow::Error::from)? {
                return Ok(before);
            }
        }
        store_staff::update(tx, &after).await.map_err(anyhow::Error::from)?;
        let seen = |user: &User| json!({"role": user.role, "region": user.region_id.map(|id| id.0), "team": user.team_id.map(|id| id.0)});
        let (who, change) = (Who::user(&after, address), Change::new(seen(&before), seen(&after)));
        store_audit::record_change(tx, who, Action::StaffChanged, &after.id.to_string(), change, now).await?;
        Ok(after)
    }

    async fn link_sso(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        person: &Person,
        signed_in: Option<UserId>,
        address: IpAddr,
    ) -> Result<Finished, ApiError> {
        let now = self.app.now();
        // Whoever began it must be there still.
        let linking = signed_in.filter(|user| attempt.user_id == Some(Text(*user))).ok_or(Refusal::Stale)?;
        let tx = self.app.store.begin().await?;
        store_audit::take_turn(&tx).await?;
        let user = user(tx.db(), linking).await.map_err(anyhow::Error::from)?.ok_or(Refusal::Stale)?;
        let owner = store::identity(tx.db(), provider.id, &person.subject).await.map_err(anyhow::Error::from)?;
        rules::link(provider, person, &user, owner.map(|identity| identity.user_id.0))?;
        attach(&tx, provider, person, linking, false, now).await?;
        self.note(&tx, &user, Action::IdentityLinked, provider, address, now).await?;
        tx.commit().await?;
        Ok(Finished::Linked(user))
    }

    async fn note(
        &self,
        tx: &Tx,
        user: &User,
        action: Action,
        provider: &Provider,
        address: IpAddr,
        now: Millis,
    ) -> anyhow::Result<()> {
        let (who, change) = (Who::user(user, address), Change::new(None, json!({"provider": provider.name})));
        store_audit::record_change(tx, who, action, &user.id.to_string(), change, now).await
    }

    async fn note_refused(&self, provider: &Provider, reason: &str, address: IpAddr) -> anyhow::Result<()> {
        metrics::counter!("kaibo_sign_ins_refused_total", "reason" => "single_sign_on").increment(1);
        let who = Who {
            scope: Some(Scope::whole(provider.org)),
            user: None,
            name: "unknown",
            from: Whence::Address(address),
        };
        let change = Change::new(None, json!({"provider": provider.name, "reason": reason}));
        let tx = self.app.store.begin().await?;
        let target = provider.id.to_string();
        store_audit::record_change(&tx, who, Action::SignInFailed, &target, change, self.app.now()).await?;
        tx.commit().await
    }
}

/// What is known of the person before it is decided.
async fn known(
    tx: &Tx,
    provider: &Provider,
    person: &Person,
    identity: Option<&Identity>,
    now: Millis,
) -> anyhow::Result<Known> {
    if let Some(identity) = identity {
        let owner = user(tx.db(), identity.user_id.0).await?;
        let owner = owner.map(|user| Owner { user, follows_groups: identity.follows_groups });
        return Ok(Known { owner, namesake: None, invited: false });
    }
    let namesake = match &person.email {
        Some(email) => store_staff::by_email(tx.db(), provider.org, email).await?,
        None => None,
    };
    let invited = match &namesake {
        Some(namesake) => store_links::waiting_for(tx.db(), namesake.id.0, now).await?.is_some(),
        None => false,
    };
    Ok(Known { owner: None, namesake, invited })
}

async fn attach(
    tx: &Tx,
    provider: &Provider,
    person: &Person,
    user: UserId,
    follows_groups: bool,
    now: Millis,
) -> Result<(), ApiError> {
    let shown = person.email.as_ref().or(person.login.as_ref()).unwrap_or(&person.subject);
    let identity = Identity {
        id: Text(Uuid::now_v7()),
        provider_id: Text(provider.id),
        user_id: Text(user),
        subject: person.subject.clone(),
        shown: shown.chars().filter(|letter| !letter.is_control()).take(200).collect(),
        follows_groups,
        created_at_ms: now.0,
        last_used_at_ms: None,
    };
    let linked = store::link(tx, identity).await;
    linked
        .on_constraint("accounts_sso_identities_provider_id_subject_key", Refusal::OtherPerson)
        .on_constraint("accounts_sso_identities_provider_id_user_id_key", Refusal::OtherPerson)??;
    Ok(())
}

/// What the token does not say, the user info does. An e-mail and its being verified come from one of them.
fn complete(claims: &mut Map<String, Value>, more: Map<String, Value>, groups: &str) {
    let with_email = claims.contains_key("email");
    if !with_email {
        claims.remove("email_verified");
    }
    let root = groups.split('.').next().unwrap_or_default();
    for (name, value) in more {
        let email = matches!(name.as_str(), "email" | "email_verified");
        let wanted = matches!(name.as_str(), "name" | "preferred_username") || name == groups || name == root;
        if (email && !with_email) || wanted {
            claims.entry(name).or_insert(value);
        }
    }
}
