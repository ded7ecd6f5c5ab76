//! The list of features, and the handles they share. A new domain is one entry here.

use crate::{
    config::Config,
    idempotency,
    system::System,
    wiring::{
        Archive, AuditLog, Broadcasts, Clauses, Deliveries, Desk, Gatekeeper, Imports, Ledger, Quarantine, Reviews,
        Stage, Streams,
    },
    wiring_admission::{Clearances, Exams, Standings},
    wiring_evidence::{Evidence, Footage},
    wiring_patrol::{OnAirRooms, SpokenWords, Transcripts},
    wiring_reach::Repute,
};
use accounts::Accounts;
use app::{App, Feature};
use audience::Audience;
use collect::Collect;
use feed::Feed;
use handbook::Handbook;
use media::Media;
use moderation::Moderation;
use patrol::Patrol;
use privacy::Privacy;
use room::{gateway::Gateway, rooms::Rooms};
use standing::Standing;
use std::sync::Arc;
use store::MigrationSet;

/// Everything that stays reachable after the features were handed over.
pub struct Domains {
    pub accounts: Accounts,
    pub rooms: Rooms,
    pub media: Media,
    pub analytics: analytics::Analytics,
    pub system: System,
}

pub fn features(app: &App, config: &Config) -> (Domains, Vec<Feature>) {
    let rooms = Rooms::new(app.clone());
    let audience = Audience::with_settings(app.clone(), Arc::new(rooms.clone()), config.audience.clone());
    let desk = Desk(rooms.clone(), app.clone());
    let media = Media::new(app.clone(), audience.clone(), Arc::new(desk), config.media_settings());
    rooms.set_streams(Arc::new(Streams(media.clone())));
    let mut room_settings = config.room.clone();
    room_settings.origins.extend(config.allowed_origins.iter().cloned());
    let moderation = Moderation::new(app.clone(), audience.clone());
    moderation.set_archive(Arc::new(Archive(app.clone())));
    moderation.set_shows(Arc::new(Stage(rooms.clone())));
    moderation.set_footage(Arc::new(Footage(media.clone())));
    let gatekeeper = Arc::new(Gatekeeper(moderation.clone()));
    let gateway = Gateway::new(app.clone(), rooms.clone(), audience.clone(), gatekeeper, room_settings);
    let standing = Standing::new(app.clone(), audience.clone(), config.standing.clone());
    rooms.set_repute(Arc::new(Repute::new(app.clone(), moderation.clone(), standing.clone())));
    let accounts = Accounts::new(app.clone());
    app.set_authenticator(Arc::new(accounts.clone()));
    let analytics = analytics::Analytics::new(app.clone(), Arc::new(Broadcasts(app.clone())));
    let imports = Imports { app: app.clone(), rooms: rooms.clone() };
    let collect = Collect::new(app.clone(), Arc::new(imports));
    let feed = Feed::new(app.clone(), config.feed.clone());
    let on_air =
        OnAirRooms { app: app.clone(), rooms: rooms.clone(), media: media.clone(), audience: audience.clone() };
    let words = SpokenWords(moderation.clone());
    let patrol = Patrol::new(app.clone(), Arc::new(on_air), Arc::new(words), config.patrol_settings());
    let privacy = Privacy::new(
        app.clone(),
        audience.clone(),
        Arc::new(Broadcasts(app.clone())),
        vec![
            Arc::new(Archive(app.clone())),
            Arc::new(Quarantine(collect.clone())),
            Arc::new(Reviews { app: app.clone(), moderation: moderation.clone() }),
            Arc::new(Ledger(app.clone())),
        ],
        vec![
            Arc::new(Archive(app.clone())),
            Arc::new(Reviews { app: app.clone(), moderation: moderation.clone() }),
            Arc::new(Quarantine(collect.clone())),
            Arc::new(Deliveries(feed.clone())),
            Arc::new(AuditLog(app.clone())),
            Arc::new(Ledger(app.clone())),
            Arc::new(Evidence(moderation.clone())),
            Arc::new(Transcripts(patrol.clone())),
        ],
    );
    let system = System::new(app.clone(), feed.clone(), config.condition.clone());
    let handbook = Handbook::new(app.clone(), Arc::new(Clauses(moderation.clone())));
    handbook.set_hosts(Arc::new(Standings(standing.clone())));
    standing.set_learning(Arc::new(Exams(handbook.clone())));
    rooms.set_admissions(vec![
        Arc::new(Standings(standing.clone())),
        Arc::new(Clearances(moderation.clone())),
        Arc::new(Exams(handbook.clone())),
    ]);
    let mut list = vec![
        audience.feature(),
        collect.feature(),
        room::feature(app, &rooms, &audience, gateway, config.rtmp.port()),
        moderation.feature(),
        analytics.feature(),
        feed.feature(),
        system.feature(),
        privacy.feature(),
        handbook.feature(),
        standing.feature(),
        patrol.feature(),
    ];
    // What media serves to viewers is evidence of who watches.
    list.extend(media.features().into_iter().map(|mut feature| {
        feature.routes = audience.watched(feature.routes);
        feature
    }));
    // What people change anywhere stands in the audit log; accounts write their own rows, with before and after.
    let mut list: Vec<Feature> = list
        .into_iter()
        .map(|mut feature| {
            feature.routes = accounts.audited(feature.routes);
            feature
        })
        .collect();
    list.insert(0, accounts.feature());
    list.push(idempotency::feature(app));
    (Domains { accounts, rooms, media, analytics, system }, list)
}

/// The steps of their tables.
pub fn steps(features: &[Feature]) -> Vec<MigrationSet> {
    let own = features.iter().map(|feature| MigrationSet { feature: feature.name, steps: feature.migrations });
    std::iter::once(app::vault::TABLES).chain(own).collect()
}
