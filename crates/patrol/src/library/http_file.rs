//! The library as a file: prints, without pictures, a line of JSON each.

use super::{MOST_SAMPLES, PatrolLevel, Refusal, Sample, name, store};
use crate::{ActOnPatrol, Patrol, ReadPatrol};
use app::{Actor, ApiError, ApiResult, Can, Problem, Reach};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::header,
    response::IntoResponse,
};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const MOST_BYTES: usize = 4 << 20;
/// Rows read with one query.
const AT_ONCE: u64 = 1_000;
/// Lines that are none are named up to here.
const MOST_NAMED: usize = 20;

pub fn routes() -> OpenApiRouter<Patrol> {
    OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(MOST_BYTES)).routes(routes!(export))
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    category: String,
    level: PatrolLevel,
    #[serde(default)]
    source: String,
    /// Of the picture, its mirror image, and without its edges.
    prints: String,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// The library as a file 导出违规库
///
/// A line of JSON for each sample: `name`, `category`, `level`, `source`, `prints`, `enabled`. Pictures cannot be made of it.
#[utoipa::path(get, path = "/api/patrol/samples/export", tag = "patrol", operation_id = "export_patrol_samples",
    responses(
        (status = 200, description = "the samples", body = String, content_type = "application/x-ndjson"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(State(patrol): State<Patrol>, can: Can<ReadPatrol>) -> Result<impl IntoResponse, ApiError> {
    let (db, mut after, mut file) = (patrol.app().store.read(), None, String::new());
    loop {
        let samples = store::list(db, can.scope(), after, AT_ONCE).await?;
        after = samples.last().map(|last| last.id);
        for sample in &samples {
            let Sample { name, category, level, source, enabled, .. } = sample.clone();
            let line = Line { name, category, level, source, prints: store::write(&sample.prints), enabled };
            file += &serde_json::to_string(&line).map_err(anyhow::Error::from)?;
            file.push('\n');
        }
        if (samples.len() as u64) < AT_ONCE {
            break;
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"patrol-samples.ndjson\""),
    ];
    Ok((headers, file))
}

/// What became of a file of samples.
#[derive(Debug, Default, Serialize, ToSchema)]
struct SamplesTaken {
    taken: u64,
    /// They were in the library already.
    known: u64,
    /// Lines that are no sample, the first of them by their numbers.
    left_out: Vec<u64>,
    left_out_count: u64,
}

/// Add samples from a file 导入违规库
///
/// As it was exported, here or elsewhere.
#[utoipa::path(post, path = "/api/patrol/samples/import", tag = "patrol", operation_id = "import_patrol_samples",
    request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, description = "what became of them", body = SamplesTaken),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_samples`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 4 MB", body = Problem, content_type = "application/problem+json"),
    ))]
async fn import(State(patrol): State<Patrol>, can: Can<ActOnPatrol>, text: String) -> ApiResult<SamplesTaken> {
    let (mut taken, now) = (SamplesTaken::default(), patrol.app().now());
    let tx = patrol.app().store.begin().await?;
    tx.take_turns("patrol_samples").await?;
    let kept = store::count(tx.db(), can.scope().org).await?;
    for (number, line) in (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let Some(sample) = sample_of(&patrol, &can, now, line) else {
            taken.left_out_count += 1;
            if taken.left_out.len() < MOST_NAMED {
                taken.left_out.push(number);
            }
            continue;
        };
        if store::is_known(tx.db(), sample.org, &sample.prints).await? {
            taken.known += 1;
            continue;
        }
        if kept + taken.taken >= MOST_SAMPLES {
            return Err(Refusal::TooMany.into());
        }
        store::insert(tx.db(), &sample).await??;
        taken.taken += 1;
    }
    tx.commit().await?;
    patrol.reload().await?;
    Ok(Json(taken))
}

fn sample_of(patrol: &Patrol, by: &Actor, now: Millis, line: &str) -> Option<Sample> {
    let line: Line = serde_json::from_str(line).ok()?;
    if !patrol.streams().is_clause(&line.category) {
        return None;
    }
    Some(Sample {
        id: Uuid::now_v7(),
        org: by.scope.org,
        team: (by.scope.reach != Reach::Org).then_some(by.home_team),
        name: name(&line.name).ok()?,
        category: line.category,
        level: line.level,
        source: line.source.chars().take(200).collect(),
        prints: store::read(&line.prints)?,
        enabled: line.enabled,
        added_by: by.name.to_string(),
        added_at: now,
    })
}
