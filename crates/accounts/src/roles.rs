//! Who may do what: the table of roles and their permissions. Permissions are declared by the features; the server's tests
//! compare the two lists.

use std::{collections::BTreeSet, sync::Arc};

/// A role as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// What this role may do; `admin` may do all that stands anywhere in the table.
    pub permissions: &'static [&'static str],
}

/// Every role, widest first.
pub const ROLES: &[Role] = &[
    Role {
        name: "admin",
        zh: "管理员",
        en: "administrator",
        permissions: &[
            "token.manage",
            "media_server.manage",
            "team.manage",
            "security.manage",
            "consent.manage",
            "privacy.retain",
            "system.read",
            "system.manage",
            "professional.manage",
            "standing.provider",
        ],
    },
    Role {
        name: "operator",
        zh: "运营",
        en: "operator",
        permissions: &[
            "room.read",
            "room.manage",
            "broadcast.end",
            "import.write",
            "source.read",
            "source.manage",
            "metrics.read",
            "danmaku.read",
            "stream.read",
            "stream.manage",
            "stream.check",
            "clip.write",
            "event.read",
            "webhook.read",
            "webhook.manage",
            "chat.manage",
            "moderation.read",
            "moderation.manage",
            "handbook.read",
            "standing.own",
            "admission.manage",
            "standing.read",
            "standing.manage",
            "patrol.read",
            "warning.read",
            "moderation.prepare",
        ],
    },
    Role {
        name: "controller",
        zh: "场控",
        en: "room controller",
        permissions: &[
            "room.read",
            "broadcast.end",
            "metrics.read",
            "danmaku.read",
            "stream.read",
            "stream.manage",
            "stream.check",
            "clip.write",
            "chat.manage",
            "moderation.read",
            "sanction.impose",
            "handbook.read",
            "standing.own",
            "standing.read",
            "patrol.read",
            "warning.read",
        ],
    },
    Role {
        name: "moderator",
        zh: "审核员",
        en: "moderator",
        permissions: &[
            "room.read",
            "danmaku.read",
            "stream.read",
            "personal.read",
            "chat.manage",
            "moderation.read",
            "moderation.review",
            "sanction.impose",
            "handbook.read",
            "standing.own",
            "standing.read",
            "patrol.read",
            "patrol.act",
        ],
    },
    Role {
        name: "senior_moderator",
        zh: "高级审核员",
        en: "senior moderator",
        permissions: &[
            "room.read",
            "danmaku.read",
            "stream.read",
            "personal.read",
            "chat.manage",
            "moderation.read",
            "moderation.review",
            "moderation.manage",
            "sanction.impose",
            "appeal.decide",
            "ledger.read",
            "handbook.read",
            "standing.own",
            "handbook.write",
            "exam.manage",
            "standing.read",
            "standing.verify",
            "blacklist.manage",
            "patrol.read",
            "patrol.act",
            "moderation.clear",
        ],
    },
    Role {
        name: "professional",
        zh: "专业人员",
        en: "professional",
        // Registered in medicine or finance: reads what a show will say, and signs it.
        permissions: &["room.read", "moderation.read", "moderation.sign"],
    },
    Role {
        name: "analyst",
        zh: "数据分析",
        en: "analyst",
        permissions: &[
            "room.read",
            "metrics.read",
            "danmaku.read",
            "stream.read",
            "source.read",
            "event.read",
            "handbook.read",
            "standing.own",
        ],
    },
    Role {
        name: "manager",
        zh: "管理者",
        en: "manager",
        permissions: &[
            "room.read",
            "metrics.read",
            "danmaku.read",
            "stream.read",
            "source.read",
            "staff.read",
            "staff.manage",
            "audit.read",
            "event.read",
            "webhook.read",
            // Who appoints moderators and customer service may see what they see.
            "personal.read",
            "consent.read",
            "consent.write",
            "privacy.erase",
            "privacy.export",
            // Who appoints moderators may do what they do.
            "chat.manage",
            "moderation.read",
            "moderation.review",
            "moderation.manage",
            "sanction.impose",
            "appeal.decide",
            "ledger.read",
            "handbook.read",
            "standing.own",
            "handbook.write",
            "exam.manage",
            "admission.manage",
            "standing.read",
            "standing.manage",
            "standing.verify",
            "blacklist.manage",
            "patrol.read",
            "patrol.act",
            "moderation.prepare",
            "moderation.clear",
        ],
    },
    Role {
        name: "host",
        zh: "主播",
        en: "host",
        permissions: &[
            "room.read",
            "broadcast.end",
            "metrics.read",
            "danmaku.read",
            "stream.read",
            "stream.check",
            "handbook.read",
            "standing.own",
            "warning.read",
        ],
    },
    Role {
        name: "merchant", zh: "商家", en: "merchant", permissions: &["room.read", "handbook.read", "standing.own"]
    },
    Role {
        name: "customer_service",
        zh: "客服",
        en: "customer service",
        permissions: &[
            "room.read",
            "danmaku.read",
            "personal.read",
            "consent.read",
            "consent.write",
            "privacy.erase",
            "privacy.export",
            "handbook.read",
            "standing.own",
        ],
    },
    Role { name: "service", zh: "采集服务", en: "collector", permissions: &["collect.write"] },
];

/// The role of that name.
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}

impl Role {
    /// The permissions, `admin`'s written out.
    pub fn all_permissions(&self) -> BTreeSet<&'static str> {
        if self.name == "admin" {
            ROLES.iter().flat_map(|role| role.permissions).copied().collect()
        } else {
            self.permissions.iter().copied().collect()
        }
    }

    /// What remains of the role's permissions within `scopes`; no scopes leave them whole.
    pub fn within(&self, scopes: &[&str]) -> Arc<BTreeSet<String>> {
        let kept = self.all_permissions().into_iter().filter(|name| scopes.is_empty() || scopes.contains(name));
        Arc::new(kept.map(str::to_owned).collect())
    }
}

/// Permissions of `declared` that nobody has, then permissions of the table that nobody declared. Both are mistakes.
pub fn mismatches<'a>(declared: impl IntoIterator<Item = &'a str>) -> (Vec<String>, Vec<String>) {
    let declared: BTreeSet<&str> = declared.into_iter().collect();
    let granted: BTreeSet<&str> = ROLES.iter().flat_map(|role| role.permissions).copied().collect();
    let lacking =
        |from: &BTreeSet<&str>, of: &BTreeSet<&str>| from.difference(of).map(|name| name.to_string()).collect();
    (lacking(&declared, &granted), lacking(&granted, &declared))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_may_do_all_that_anybody_may() {
        let admin = role("admin").expect("there is an admin").all_permissions();
        for other in ROLES {
            assert!(other.all_permissions().is_subset(&admin), "{}", other.name);
        }
    }

    #[test]
    fn scopes_only_take_away() {
        let analyst = role("analyst").expect("there is an analyst");
        let kept = |scopes: &[&str]| analyst.within(scopes).iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(
            kept(&[]),
            "danmaku.read event.read handbook.read metrics.read room.read source.read standing.own stream.read"
        );
        assert_eq!(kept(&["metrics.read", "room.manage"]), "metrics.read");
    }

    #[test]
    fn a_permission_nobody_has_and_one_nobody_declared_are_named() {
        let mut declared: Vec<&str> = ROLES.iter().flat_map(|role| role.permissions).copied().collect();
        declared.retain(|name| *name != "room.read");
        declared.push("coffee.make");
        assert_eq!(mismatches(declared), (vec!["coffee.make".into()], vec!["room.read".into()]));
    }
}
