//! The tables of judgements, delivery, CDN logs and consents.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_audit", sql: AUDIT },
    Migration { name: "0002_audit_times", sql: AUDIT_TIMES },
    Migration { name: "0003_consents", sql: CONSENTS },
];

const AUDIT: &str = "
CREATE TABLE audience_judgements (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    since_at_ms BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    entered BOOLEAN NOT NULL,
    gone BOOLEAN NOT NULL,
    evidence TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id, since_at_ms)
);

CREATE TABLE audience_deliveries (
    room_id TEXT NOT NULL PRIMARY KEY,
    cdn BOOLEAN NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE audience_cdn_batches (
    broadcast_id TEXT NOT NULL,
    batch TEXT NOT NULL,
    report TEXT NOT NULL,
    imported_at_ms BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, batch)
);

CREATE TABLE audience_cdn_entries (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    viewer TEXT NOT NULL,
    kind TEXT NOT NULL,
    ranges TEXT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id)
);
";

/// Delivery with its times, so that a show is judged by what held then; what went by unseen; whose programs a CDN served; and
/// what retention looks for.
const AUDIT_TIMES: &str = "
CREATE TABLE audience_delivery_changes (
    room_id TEXT NOT NULL,
    since_at_ms BIGINT NOT NULL,
    cdn BOOLEAN NOT NULL,
    PRIMARY KEY (room_id, since_at_ms)
);

INSERT INTO audience_delivery_changes (room_id, since_at_ms, cdn)
SELECT room_id, changed_at_ms, cdn FROM audience_deliveries;

CREATE TABLE audience_unseen (
    broadcast_id TEXT NOT NULL PRIMARY KEY,
    entries BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

ALTER TABLE audience_cdn_entries ADD COLUMN agent TEXT NOT NULL DEFAULT '';

CREATE INDEX audience_judgements_since ON audience_judgements (since_at_ms);

CREATE INDEX audience_cdn_entries_last ON audience_cdn_entries (last_at_ms);
";

/// What is asked, with every text that ever was; what was said, which is only added to; and the last word of each viewer.
const CONSENTS: &str = "
CREATE TABLE audience_consent_settings (
    org_id TEXT NOT NULL PRIMARY KEY,
    enabled BOOLEAN NOT NULL,
    notice_url TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE audience_consent_purposes (
    org_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    asked BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (org_id, purpose)
);

CREATE TABLE audience_consent_texts (
    org_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    since_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, purpose, version)
);

CREATE TABLE audience_consents (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT,
    viewer TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    given BOOLEAN NOT NULL,
    through TEXT NOT NULL,
    said_at_ms BIGINT NOT NULL
);

CREATE INDEX audience_consents_newest ON audience_consents (org_id, id);

CREATE INDEX audience_consents_viewer ON audience_consents (org_id, viewer, id);

CREATE TABLE audience_consents_last (
    org_id TEXT NOT NULL,
    viewer TEXT NOT NULL,
    purpose TEXT NOT NULL,
    team_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    given BOOLEAN NOT NULL,
    through TEXT NOT NULL,
    said_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, viewer, purpose)
);

CREATE INDEX audience_consents_last_counts ON audience_consents_last (org_id, purpose, version, given);
";
