//! The tables of trust and safety.

use store::Migration;

const fn step(name: &'static str, sql: &'static str) -> Migration {
    Migration { name, sql }
}

pub const MIGRATIONS: &[Migration] = &[
    step("0001_moderation", MODERATION),
    step("0002_ledger", LEDGER),
    step("0003_models", MODELS),
    step("0004_sanctions", SANCTIONS),
    step("0005_reports", REPORTS),
    step("0006_samples", SAMPLES),
    step("0007_clearance", CLEARANCE),
    step("0008_tiers", TIERS),
    step("0009_evidence", EVIDENCE),
    step("0010_notes", NOTES),
];

const MODERATION: &str = "
CREATE TABLE moderation_lists (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT,
    room_id TEXT,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    level TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    expires_at_ms BIGINT,
    revision BIGINT NOT NULL,
    words BIGINT NOT NULL,
    owner TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX moderation_lists_org_id_idx ON moderation_lists (org_id, id);

CREATE TABLE moderation_words (
    list_id TEXT NOT NULL,
    word TEXT NOT NULL,
    category TEXT NOT NULL,
    level TEXT NOT NULL,
    flags TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (list_id, word)
);

CREATE TABLE moderation_rooms (
    room_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE moderation_items (
    position BIGINT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT NOT NULL,
    key TEXT,
    shown_position BIGINT,
    text TEXT NOT NULL,
    nick TEXT,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    score_milli INTEGER,
    mode TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    tier INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until_ms BIGINT,
    outcome TEXT,
    clause TEXT,
    note TEXT,
    decided_by TEXT,
    decided_at_ms BIGINT,
    erased BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX moderation_items_state_idx ON moderation_items (org_id, state, due_at_ms);
CREATE INDEX moderation_items_viewer_idx ON moderation_items (org_id, viewer, position);
CREATE INDEX moderation_items_room_idx ON moderation_items (room_id, position);
";

const LEDGER: &str = "
CREATE TABLE moderation_ledger (
    org_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    team_id TEXT,
    facts TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX moderation_ledger_about_idx ON moderation_ledger (org_id, about, seq);
CREATE INDEX moderation_ledger_day_idx ON moderation_ledger (org_id, day, seq);
CREATE INDEX moderation_ledger_kind_idx ON moderation_ledger (org_id, kind, seq);

CREATE TABLE moderation_ledger_ends (
    org_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    sealed_day TEXT NOT NULL,
    sealed_seq BIGINT NOT NULL,
    cut_seq BIGINT NOT NULL,
    cut_hash TEXT NOT NULL
);

CREATE TABLE moderation_ledger_heads (
    org_id TEXT NOT NULL,
    day TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    sealed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, day)
);

CREATE TABLE moderation_ledger_people (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    viewer TEXT NOT NULL,
    salt TEXT NOT NULL,
    position BIGINT NOT NULL,
    day TEXT NOT NULL
);
CREATE UNIQUE INDEX moderation_ledger_people_org_id_viewer_key ON moderation_ledger_people (org_id, viewer);
";

const MODELS: &str = "
CREATE TABLE moderation_models (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    category TEXT NOT NULL,
    origin TEXT NOT NULL,
    note TEXT NOT NULL,
    base_id TEXT,
    learned_to BIGINT,
    texts BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    kept BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    state_at_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    measured TEXT,
    made_by TEXT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    former_id TEXT,
    asked BIGINT NOT NULL DEFAULT 0,
    alarmed BIGINT NOT NULL DEFAULT 0,
    held BIGINT NOT NULL DEFAULT 0,
    otherwise BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX moderation_models_org_id_number_key ON moderation_models (org_id, number);

CREATE TABLE moderation_model_files (
    model_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (model_id, kind)
);

CREATE TABLE moderation_model_rules (
    place TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT,
    room_id TEXT,
    rules TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE moderation_labels (
    position BIGINT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    reviewed_position BIGINT NOT NULL,
    rejected BOOLEAN NOT NULL,
    clause TEXT,
    tier INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at_ms BIGINT NOT NULL,
    score_milli INTEGER,
    model_id TEXT,
    sample TEXT
);
CREATE INDEX moderation_labels_reviewed_idx ON moderation_labels (org_id, reviewed_position);
CREATE INDEX moderation_labels_model_idx ON moderation_labels (model_id, reviewed_position);
";

const SANCTIONS: &str = "
CREATE TABLE moderation_sanctions (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT,
    everywhere BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    clause TEXT NOT NULL,
    position BIGINT,
    tier INTEGER NOT NULL,
    strike INTEGER NOT NULL,
    as_proposed BOOLEAN NOT NULL,
    why TEXT,
    by_user TEXT,
    by_name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    until_ms BIGINT,
    evidence_from_ms BIGINT,
    evidence_to_ms BIGINT,
    state TEXT NOT NULL,
    mistaken BOOLEAN NOT NULL,
    changed_by TEXT,
    changed_at_ms BIGINT,
    changed_why TEXT,
    after_position BIGINT NOT NULL
);
CREATE INDEX moderation_sanctions_org_id_idx ON moderation_sanctions (org_id, id);
CREATE INDEX moderation_sanctions_viewer_idx ON moderation_sanctions (org_id, viewer, at_ms);
CREATE INDEX moderation_sanctions_state_idx ON moderation_sanctions (state, until_ms);
CREATE INDEX moderation_sanctions_position_idx ON moderation_sanctions (position);

CREATE TABLE moderation_appeals (
    id TEXT NOT NULL PRIMARY KEY,
    sanction_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT NOT NULL,
    text TEXT NOT NULL,
    erased BOOLEAN NOT NULL,
    filed_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    decided_by TEXT,
    decided_at_ms BIGINT,
    after_position BIGINT NOT NULL
);
CREATE UNIQUE INDEX moderation_appeals_sanction_id_key ON moderation_appeals (sanction_id);
CREATE INDEX moderation_appeals_org_id_idx ON moderation_appeals (org_id, id);
CREATE INDEX moderation_appeals_state_idx ON moderation_appeals (state, due_at_ms);
CREATE INDEX moderation_appeals_viewer_idx ON moderation_appeals (org_id, viewer);
";

const REPORTS: &str = "
CREATE TABLE moderation_reports (
    position BIGINT NOT NULL,
    reporter TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    clause TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_at_ms BIGINT,
    PRIMARY KEY (position, reporter)
);
CREATE INDEX moderation_reports_reporter_idx ON moderation_reports (org_id, reporter, at_ms);
ALTER TABLE moderation_items ADD COLUMN reports INTEGER NOT NULL DEFAULT 0;
ALTER TABLE moderation_items ADD COLUMN report_weight_milli INTEGER NOT NULL DEFAULT 0;
";

const SAMPLES: &str = "
CREATE TABLE moderation_samples (
    position BIGINT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    state TEXT NOT NULL,
    first_by TEXT NOT NULL,
    first_outcome TEXT NOT NULL,
    first_clause TEXT,
    first_at_ms BIGINT NOT NULL,
    second_by TEXT,
    second_outcome TEXT,
    second_clause TEXT,
    second_at_ms BIGINT,
    last_by TEXT,
    last_outcome TEXT,
    last_clause TEXT,
    last_at_ms BIGINT,
    claimed_by TEXT,
    claimed_until_ms BIGINT
);
CREATE INDEX moderation_samples_state_idx ON moderation_samples (org_id, state, position);
CREATE INDEX moderation_samples_first_idx ON moderation_samples (org_id, first_at_ms);
CREATE INDEX moderation_items_decided_idx ON moderation_items (org_id, decided_at_ms);
";

const CLEARANCE: &str = "
CREATE TABLE moderation_dossiers (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL,
    planned_at_ms BIGINT NOT NULL,
    writers TEXT NOT NULL,
    errors BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    cleared_version BIGINT,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX moderation_dossiers_org_id_idx ON moderation_dossiers (org_id, id);
CREATE INDEX moderation_dossiers_room_id_idx ON moderation_dossiers (room_id, planned_at_ms);

CREATE TABLE moderation_dossier_versions (
    dossier_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_at_ms BIGINT NOT NULL,
    decided_by TEXT,
    decided_at_ms BIGINT,
    findings TEXT NOT NULL,
    notes TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (dossier_id, version)
);

CREATE TABLE moderation_signatures (
    dossier_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    profession TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    number TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, version, profession)
);

CREATE TABLE moderation_professionals (
    org_id TEXT NOT NULL,
    login TEXT NOT NULL,
    profession TEXT NOT NULL,
    number TEXT NOT NULL,
    noted_by TEXT NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, login)
);

CREATE TABLE moderation_documents (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    holder TEXT NOT NULL,
    authority TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    format TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    retired BOOLEAN NOT NULL,
    added_by TEXT NOT NULL,
    added_at_ms BIGINT NOT NULL
);
CREATE INDEX moderation_documents_org_id_idx ON moderation_documents (org_id, id);
CREATE INDEX moderation_documents_valid_to_idx ON moderation_documents (org_id, valid_to);
";

const TIERS: &str = "
ALTER TABLE moderation_items ADD COLUMN escalated_by TEXT;
ALTER TABLE moderation_items ADD COLUMN escalated_why TEXT;
";

// What was imposed before waits too: the recording may still be there.
const EVIDENCE: &str = "
ALTER TABLE moderation_sanctions ADD COLUMN evidence_state TEXT NOT NULL DEFAULT 'none';
ALTER TABLE moderation_sanctions ADD COLUMN evidence_start_ms BIGINT;
ALTER TABLE moderation_sanctions ADD COLUMN evidence_end_ms BIGINT;
ALTER TABLE moderation_sanctions ADD COLUMN evidence_bytes BIGINT;
ALTER TABLE moderation_sanctions ADD COLUMN evidence_sha256 TEXT;
UPDATE moderation_sanctions SET evidence_state = 'waiting' WHERE evidence_from_ms IS NOT NULL;
CREATE INDEX moderation_sanctions_evidence_idx ON moderation_sanctions (evidence_state, id);
";

const NOTES: &str = "
ALTER TABLE moderation_items ADD COLUMN notes TEXT NOT NULL DEFAULT '';
";
