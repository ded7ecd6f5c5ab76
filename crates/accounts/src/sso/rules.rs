//! What a provider may look like, and who is let in by it. Nobody comes into an account that was theirs before by an e-mail alone.

use super::token::Person;
use crate::{rules, store::User};
use app::{Refuse, Scope};
use events::{OrgId, RegionId, TeamId, UserId};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

const LONGEST: usize = 500;
const MOST_MAPPINGS: usize = 100;
const MOST_DOMAINS: usize = 50;

/// An identity provider of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub id: Uuid,
    pub org: OrgId,
    pub name: String,
    /// Never changes: a subject means something to its issuer alone.
    pub issuer: String,
    pub client_id: String,
    /// Sealed; empty for a public client.
    pub client_secret: String,
    pub policy: Policy,
    pub enabled: bool,
    pub created_at_ms: i64,
}

/// What a provider is asked for: RFC 6749, section 3.3.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 500, pattern = r"^[!#-\[\]-~]+$", example = "profile")]
struct SsoScope(#[expect(dead_code, reason = "only described")] String);

#[derive(ToSchema)]
#[schema(value_type = String, max_length = 500, pattern = r"^[^@\s\x00-\x1f\x7f-\x9f]+$", example = "example.com")]
struct SsoDomain(#[expect(dead_code, reason = "only described")] String);

/// Whom a provider lets in, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SsoPolicy)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What is asked for beside `openid`.
    #[schema(example = json!(["profile", "email"]), value_type = Vec<SsoScope>, max_items = 50)]
    pub scopes: Vec<String>,
    /// Only people with a verified e-mail of one of these; empty is everybody of the provider.
    #[schema(example = json!(["example.com"]), value_type = Vec<SsoDomain>, max_items = 50)]
    pub domains: Vec<String>,
    /// What somebody becomes whom nobody invited; without it, only people whom a mapping knows, or who were invited.
    pub newcomers: Option<Grant>,
    /// The claim that lists groups, or the way to it through objects.
    #[schema(example = "groups", max_length = 500, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    pub groups_claim: String,
    /// The first whose group somebody is in counts. Who came by one follows it at every sign-in.
    #[schema(max_items = 100)]
    pub mappings: Vec<Mapping>,
    /// The provider asks everybody for a second factor, whether its tokens say so or not.
    pub trusts_second_factor: bool,
    /// It may stand at a private address, and without TLS.
    pub allow_private: bool,
}

/// A role and how far it reaches: a team, a region, or with neither the whole organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SsoGrant)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    #[schema(example = "operator", format = "role")]
    pub role: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    #[serde(default)]
    pub region: Option<RegionId>,
    #[schema(value_type = Option<String>, format = Uuid)]
    #[serde(default)]
    pub team: Option<TeamId>,
}

/// What members of a group become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SsoMapping)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[schema(example = "live-operations", max_length = 500, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    pub group: String,
    pub grant: Grant,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("an issuer is an https address without a query, as the provider's discovery document writes it")]
    BadIssuer,
    #[error("a client id has 1 to {LONGEST} characters")]
    BadClient,
    #[error(
        "a policy has at most {MOST_MAPPINGS} mappings and {MOST_DOMAINS} domains, and plain scopes, domains and groups"
    )]
    BadPolicy,
    #[error("the name is taken")]
    NameTaken,
    #[error("the provider could not be asked: {0}")]
    Unavailable(String),
    #[error("this sign-in was used, has expired, or was begun in another browser")]
    Stale,
    #[error("the provider did not let you in: `{0}`")]
    Denied(String),
    #[error("the provider's answer is not believed: {0}")]
    Disbelieved(String),
    #[error("nobody has invited you")]
    NotInvited,
    #[error("the provider has not verified your e-mail")]
    Unverified,
    #[error("your e-mail is not of an allowed domain")]
    Domain,
    #[error("there is an account of this login or e-mail already: sign in to it as before, and link it there")]
    AccountExists,
    #[error("this identity belongs to another account, or your account has another one of this provider")]
    OtherPerson,
    #[error("you are in no group that may come in")]
    NoGroup,
    #[error("this account was disabled")]
    Disabled,
    #[error("this is the only way the account comes in")]
    LastWay,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadIssuer => "bad_issuer",
            Self::BadClient => "bad_client",
            Self::BadPolicy => "bad_policy",
            Self::NameTaken => "name_taken",
            Self::Unavailable(_) => "sso_unavailable",
            Self::Stale => "sso_stale",
            Self::Denied(_) => "sso_denied",
            Self::Disbelieved(_) => "sso_disbelieved",
            Self::NotInvited => "sso_not_invited",
            Self::Unverified => "sso_unverified",
            Self::Domain => "sso_domain",
            Self::AccountExists => "sso_account_exists",
            Self::OtherPerson => "sso_other_person",
            Self::NoGroup => "sso_no_group",
            Self::Disabled => "sso_disabled",
            Self::LastWay => "sso_last_way",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::BadIssuer | Self::BadClient | Self::BadPolicy => 422,
            Self::NameTaken | Self::AccountExists | Self::OtherPerson | Self::LastWay => 409,
            Self::Unavailable(_) => 502,
            Self::Stale => 410,
            Self::Denied(_) | Self::Disbelieved(_) => 401,
            Self::NotInvited | Self::Unverified | Self::Domain | Self::NoGroup | Self::Disabled => 403,
        }
    }
}

/// An issuer as it is kept: exactly as it was written, because tokens are compared with it.
pub fn issuer(text: &str, allow_private: bool) -> Result<String, Refusal> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| Refusal::BadIssuer)?;
    let plain = text.len() <= LONGEST && url.query().is_none() && url.fragment().is_none();
    if plain && may_be_asked(&url, allow_private) { Ok(text.to_owned()) } else { Err(Refusal::BadIssuer) }
}

/// https, or http where private addresses are allowed; never with a password in it.
pub fn may_be_asked(url: &Url, allow_private: bool) -> bool {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && allow_private);
    secure && url.host_str().is_some() && url.username().is_empty() && url.password().is_none()
}

pub fn client_id(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let good = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(Refusal::BadClient) }
}

impl Policy {
    /// The policy as it is kept. Whether its grants may be given is not looked at here.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        let plain =
            |text: &String| (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        // RFC 6749, section 3.3.
        let scope = |text: &String| {
            plain(text) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
        };
        for domain in &mut self.domains {
            *domain = domain.trim().trim_start_matches('@').to_lowercase();
        }
        let domain =
            |text: &String| plain(text) && !text.contains(|letter: char| letter == '@' || letter.is_whitespace());
        let good = self.scopes.len() <= MOST_DOMAINS
            && self.scopes.iter().all(scope)
            && self.domains.len() <= MOST_DOMAINS
            && self.domains.iter().all(domain)
            && (self.groups_claim.is_empty() || plain(&self.groups_claim))
            && self.mappings.len() <= MOST_MAPPINGS
            && self.mappings.iter().all(|mapping| plain(&mapping.group));
        if good { Ok(self) } else { Err(Refusal::BadPolicy) }
    }

    /// Everything that it gives to somebody.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.newcomers.iter().chain(self.mappings.iter().map(|mapping| &mapping.grant))
    }

    /// What somebody in these groups becomes.
    pub fn grant_for(&self, groups: &[String]) -> Option<&Grant> {
        let mapped = self.mappings.iter().find(|mapping| groups.contains(&mapping.group));
        mapped.map(|mapping| &mapping.grant).or(self.newcomers.as_ref())
    }

    fn allows(&self, person: &Person) -> Result<(), Refusal> {
        if self.domains.is_empty() {
            return Ok(());
        }
        let Some((_, domain)) = person.email.as_ref().and_then(|email| email.rsplit_once('@')) else {
            return Err(if person.unverified { Refusal::Unverified } else { Refusal::Domain });
        };
        if self.domains.iter().any(|allowed| allowed == domain) { Ok(()) } else { Err(Refusal::Domain) }
    }
}

impl Grant {
    pub fn scope(&self, org: OrgId) -> Scope {
        match (self.team, self.region) {
            (Some(team), _) => Scope::of_team(org, team),
            (None, Some(region)) => Scope::of_region(org, region),
            (None, None) => Scope::whole(org),
        }
    }
}

/// What is known of the person who came back from a provider.
#[derive(Debug, Clone)]
pub struct Known {
    /// Whose identity this is.
    pub owner: Option<Owner>,
    /// Who has the verified e-mail of it, in the provider's organisation.
    pub namesake: Option<User>,
    /// The invitation of the namesake still waits.
    pub invited: bool,
}

#[derive(Debug, Clone)]
pub struct Owner {
    pub user: User,
    pub follows_groups: bool,
}

/// What happens with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Come in; with a grant that is another than before.
    Enter(User, Option<Grant>),
    /// The invitation is accepted.
    Join(User),
    /// A new account.
    Newcomer { login: String, name: String, email: Option<String>, grant: Grant },
}

/// Who is let in, and as what?
pub fn admit(provider: &Provider, person: &Person, known: Known) -> Result<Admission, Refusal> {
    provider.policy.allows(person)?;
    if let Some(Owner { user, follows_groups }) = known.owner {
        if user.disabled_at_ms.is_some() || user.org_id.0 != provider.org {
            return Err(Refusal::Disabled);
        }
        if !follows_groups {
            return Ok(Admission::Enter(user, None));
        }
        let grant = provider.policy.grant_for(&person.groups).ok_or(Refusal::NoGroup)?;
        let same = user.role == grant.role && user.scope() == grant.scope(provider.org);
        return Ok(Admission::Enter(user, (!same).then(|| grant.clone())));
    }
    if let Some(namesake) = known.namesake {
        let waits = namesake.joined_at_ms.is_none() && namesake.disabled_at_ms.is_none() && known.invited;
        return if waits { Ok(Admission::Join(namesake)) } else { Err(Refusal::AccountExists) };
    }
    let Some(grant) = provider.policy.grant_for(&person.groups) else {
        return Err(if person.unverified { Refusal::Unverified } else { Refusal::NotInvited });
    };
    let login = person.email.as_deref().or(person.login.as_deref()).and_then(|login| rules::login(login).ok());
    let Some(login) = login else {
        return Err(if person.unverified { Refusal::Unverified } else { Refusal::NotInvited });
    };
    let name = person.name.as_deref().and_then(|name| rules::name(name).ok()).unwrap_or_else(|| login.clone());
    Ok(Admission::Newcomer { login, name, email: person.email.clone(), grant: grant.clone() })
}

/// May `user`, who is signed in, link this identity?
pub fn link(provider: &Provider, person: &Person, user: &User, owner: Option<UserId>) -> Result<(), Refusal> {
    provider.policy.allows(person)?;
    if user.disabled_at_ms.is_some() || user.org_id.0 != provider.org {
        return Err(Refusal::Disabled);
    }
    match owner {
        None => Ok(()),
        Some(_) => Err(Refusal::OtherPerson),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Millis;

    fn provider(policy: Policy) -> Provider {
        Provider {
            id: Uuid::nil(),
            org: OrgId(Uuid::from_u128(1)),
            name: "provider".into(),
            issuer: "https://id.example".into(),
            client_id: "kaibo".into(),
            client_secret: String::new(),
            policy,
            enabled: true,
            created_at_ms: 0,
        }
    }

    fn grant(role: &str) -> Grant {
        Grant { role: role.into(), region: None, team: None }
    }

    fn person(email: &str) -> Person {
        Person { subject: "1".into(), email: Some(email.into()), ..Person::default() }
    }

    fn user(joined: bool) -> User {
        let user = User::new(Scope::whole(OrgId(Uuid::from_u128(1))), "san".into(), "San".into(), "host", Millis(0));
        User { joined_at_ms: joined.then_some(1), ..user }
    }

    fn nobody() -> Known {
        Known { owner: None, namesake: None, invited: false }
    }

    #[track_caller]
    fn check(policy: Policy, person: Person, known: Known, expected: &str) {
        let said = match admit(&provider(policy), &person, known) {
            Ok(Admission::Enter(_, None)) => "enter".into(),
            Ok(Admission::Enter(_, Some(grant))) => format!("enter as {}", grant.role),
            Ok(Admission::Join(_)) => "join".into(),
            Ok(Admission::Newcomer { login, grant, .. }) => format!("{login} becomes {}", grant.role),
            Err(refusal) => refusal.code().into(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn without_newcomers_only_the_invited_join() {
        check(Policy::default(), person("san@example.com"), nobody(), "sso_not_invited");
        let invited = || Known { namesake: Some(user(false)), invited: true, ..nobody() };
        check(Policy::default(), person("san@example.com"), invited(), "join");
        let expired = Known { invited: false, ..invited() };
        check(Policy::default(), person("san@example.com"), expired, "sso_account_exists");
        let unverified = Person { email: None, unverified: true, ..person("") };
        check(Policy::default(), unverified, nobody(), "sso_unverified");
    }

    #[test]
    fn an_account_is_never_taken_over_by_an_email() {
        let open = || Policy { newcomers: Some(grant("host")), ..Policy::default() };
        let taken = || Known { namesake: Some(user(true)), ..nobody() };
        check(open(), person("san@example.com"), taken(), "sso_account_exists");
        check(Policy::default(), person("san@example.com"), Known { invited: true, ..taken() }, "sso_account_exists");
    }

    #[test]
    fn newcomers_become_what_the_first_mapping_says() {
        let mapping = |group: &str, role: &str| Mapping { group: group.into(), grant: grant(role) };
        let policy =
            || Policy { mappings: vec![mapping("boss", "manager"), mapping("all", "analyst")], ..Policy::default() };
        let within = |groups: &[&str]| Person {
            groups: groups.iter().map(|group| group.to_string()).collect(),
            ..person("san@example.com")
        };
        check(policy(), within(&["all", "boss"]), nobody(), "san@example.com becomes manager");
        check(policy(), within(&["all"]), nobody(), "san@example.com becomes analyst");
        check(policy(), within(&["other"]), nobody(), "sso_not_invited");
        let open = Policy { newcomers: Some(grant("host")), ..policy() };
        check(open, within(&["other"]), nobody(), "san@example.com becomes host");

        let known = |follows_groups| Known { owner: Some(Owner { user: user(true), follows_groups }), ..nobody() };
        check(policy(), within(&["boss"]), known(true), "enter as manager");
        check(policy(), within(&[]), known(true), "sso_no_group");
        check(policy(), within(&["boss"]), known(false), "enter");
    }

    #[test]
    fn who_was_disabled_or_is_of_another_domain_stays_out() {
        let known = |user: User| Known { owner: Some(Owner { user, follows_groups: false }), ..nobody() };
        let disabled = User { disabled_at_ms: Some(1), ..user(true) };
        check(Policy::default(), person("san@example.com"), known(disabled), "sso_disabled");
        let ours =
            || Policy { domains: vec!["example.com".into()], newcomers: Some(grant("host")), ..Policy::default() };
        check(ours(), person("san@example.com"), known(user(true)), "enter");
        for other in ["san@example.com.evil.net", "san@sub.example.com", "san@evil.net", "san"] {
            check(ours(), person(other), known(user(true)), "sso_domain");
        }
        let unverified = Person { email: None, unverified: true, ..person("") };
        check(ours(), unverified, known(user(true)), "sso_unverified");
    }

    #[test]
    fn nobody_links_what_is_somebody_elses() {
        let (san, provider) = (user(true), provider(Policy::default()));
        assert_eq!(link(&provider, &person("a@b.c"), &san, None), Ok(()));
        assert_eq!(link(&provider, &person("a@b.c"), &san, Some(UserId::new())), Err(Refusal::OtherPerson));
        let elsewhere = User { org_id: OrgId::new().into(), ..user(true) };
        assert_eq!(link(&provider, &person("a@b.c"), &elsewhere, None), Err(Refusal::Disabled));
    }

    #[test]
    fn an_issuer_is_kept_as_it_is_written() {
        assert_eq!(issuer(" https://id.example/realms/a/ ", false), Ok("https://id.example/realms/a/".into()));
        for bad in
            ["http://id.example", "https://id.example?a=b", "https://u:p@id.example", "javascript:alert(1)", "id"]
        {
            assert_eq!(issuer(bad, false), Err(Refusal::BadIssuer), "{bad}");
        }
        assert!(issuer("http://127.0.0.1:9000", true).is_ok());
    }

    #[test]
    fn a_policy_is_plain() {
        let domains = Policy { domains: vec![" @Example.COM ".into()], ..Policy::default() };
        assert_eq!(domains.checked().expect("a policy").domains, ["example.com"]);
        let bad = [
            Policy { domains: vec!["a b".into()], ..Policy::default() },
            Policy { scopes: vec!["a b".into()], ..Policy::default() },
            Policy { groups_claim: "a\n".into(), ..Policy::default() },
            Policy { mappings: vec![Mapping { group: String::new(), grant: grant("host") }], ..Policy::default() },
        ];
        for policy in bad {
            assert_eq!(policy.checked(), Err(Refusal::BadPolicy));
        }
    }
}
