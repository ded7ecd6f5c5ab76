//! Who may change whom: nobody gives what he does not have, nor reaches further than he does himself.

use crate::roles::{self, Role};
use app::{Actor, Refuse, Scope};
use events::UserId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no role `{0}`")]
    UnknownRole(String),
    #[error("this needs the permission `{0}`, which you do not have yourself")]
    BeyondYours(String),
    #[error("this reaches further than you do yourself")]
    BeyondYourReach,
    #[error("nobody changes his own role or reach, or locks himself out")]
    Yourself,
    #[error("the last administrator of the whole organisation stays")]
    LastAdmin,
    #[error("a name has 1 to 100 characters")]
    Name,
    #[error("a login has 2 to 64 letters, digits, `.`, `-`, `_` or `@`")]
    Login,
    #[error("an e-mail has one `@` and at most 254 characters")]
    Email,
    #[error("somebody has this e-mail already")]
    EmailTaken,
    #[error("the login `{0}` is taken")]
    LoginTaken(String),
    #[error("the name is taken")]
    NameTaken,
    #[error("the region has no team yet")]
    EmptyRegion,
    #[error("people who reach the region would have no team left")]
    RegionInUse,
    #[error("this account was disabled")]
    Disabled,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownRole(_) => "unknown_role",
            Self::BeyondYours(_) => "beyond_your_permissions",
            Self::BeyondYourReach => "beyond_your_reach",
            Self::Yourself => "not_yourself",
            Self::LastAdmin => "last_admin",
            Self::Name => "bad_name",
            Self::Login => "bad_login",
            Self::Email => "bad_email",
            Self::EmailTaken => "email_taken",
            Self::LoginTaken(_) => "login_taken",
            Self::NameTaken => "name_taken",
            Self::EmptyRegion => "empty_region",
            Self::RegionInUse => "region_in_use",
            Self::Disabled => "account_disabled",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::BeyondYours(_) | Self::BeyondYourReach => 403,
            Self::UnknownRole(_) | Self::Name | Self::Login | Self::Email => 422,
            _ => 409,
        }
    }
}

/// The role of that name, if its permissions are among the actor's.
pub(crate) fn grantable(actor: &Actor, role: &str) -> Result<&'static Role, Refusal> {
    let role = roles::role(role).ok_or_else(|| Refusal::UnknownRole(role.to_owned()))?;
    match role.all_permissions().into_iter().find(|permission| !actor.may(permission)) {
        Some(beyond) => Err(Refusal::BeyondYours(beyond.to_owned())),
        None => Ok(role),
    }
}

pub(crate) fn reachable(actor: &Actor, scope: Scope) -> Result<(), Refusal> {
    if actor.scope.includes(scope) { Ok(()) } else { Err(Refusal::BeyondYourReach) }
}

/// May `actor` change the account `user`, which has this role now? That it is within reach was looked at.
pub(crate) fn manageable(actor: &Actor, user: UserId, role: &str) -> Result<(), Refusal> {
    if actor.user == Some(user) {
        return Err(Refusal::Yourself);
    }
    match grantable(actor, role) {
        // A role of another version grants nothing.
        Ok(_) | Err(Refusal::UnknownRole(_)) => Ok(()),
        Err(beyond) => Err(beyond),
    }
}

/// A name as it is kept.
pub(crate) fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let good = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(Refusal::Name) }
}

/// A login as it is kept: in lower case.
pub(crate) fn login(text: &str) -> Result<String, Refusal> {
    let login = text.trim().to_ascii_lowercase();
    let plain = login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte));
    if plain && (2..=64).contains(&login.len()) { Ok(login) } else { Err(Refusal::Login) }
}

/// An e-mail as it is kept: in lower case.
pub(crate) fn email(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let (email, short) = (text.to_lowercase(), text.chars().count() <= 254);
    let parts = email.split_once('@').filter(|(person, domain)| !person.is_empty() && !domain.is_empty());
    let plain = parts.is_some_and(|(_, domain)| !domain.contains('@'));
    let plain = plain && !email.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if plain && short { Ok(email) } else { Err(Refusal::Email) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{OrgId, TeamId};

    fn actor(role: &str) -> Actor {
        let role = roles::role(role).expect("a role");
        Actor {
            user: Some(UserId::new()),
            name: role.name.into(),
            role: role.name.into(),
            permissions: role.within(&[]),
            scope: Scope::whole(OrgId::new()),
            home_team: TeamId::new(),
            must_change_password: false,
            must_enrol: false,
        }
    }

    #[test]
    fn nobody_gives_what_he_does_not_have() {
        let granted = |by: &str, role: &str| grantable(&actor(by), role).map(|role| role.name);
        for role in roles::ROLES {
            assert_eq!(granted("admin", role.name), Ok(role.name));
        }
        assert_eq!(granted("manager", "analyst"), Ok("analyst"));
        assert_eq!(granted("manager", "manager"), Ok("manager"));
        assert_eq!(granted("manager", "operator"), Err(Refusal::BeyondYours("broadcast.end".into())));
        assert_eq!(granted("manager", "admin"), Err(Refusal::BeyondYours("broadcast.end".into())));
        assert_eq!(granted("admin", "emperor"), Err(Refusal::UnknownRole("emperor".into())));
    }

    #[test]
    fn nobody_changes_himself_or_who_may_do_more() {
        let manager = actor("manager");
        assert_eq!(manageable(&manager, UserId::new(), "moderator"), Ok(()));
        assert_eq!(manageable(&manager, manager.user.expect("a person"), "manager"), Err(Refusal::Yourself));
        assert!(matches!(manageable(&manager, UserId::new(), "admin"), Err(Refusal::BeyondYours(_))));
    }

    #[test]
    fn logins_are_plain_and_in_lower_case() {
        assert_eq!(login(" Zhang.San@example.com "), Ok("zhang.san@example.com".into()));
        for bad in ["", "a", "a b", "张三", "a:b", &"a".repeat(65)] {
            assert_eq!(login(bad), Err(Refusal::Login), "{bad}");
        }
        assert_eq!(email(" Zhang.San@Example.COM "), Ok("zhang.san@example.com".into()));
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", &format!("{}@b.c", "a".repeat(254))] {
            assert_eq!(email(bad), Err(Refusal::Email), "{bad}");
        }
        assert_eq!(name("  华东 East "), Ok("华东 East".into()));
        assert_eq!(name("a\nb"), Err(Refusal::Name));
    }
}
