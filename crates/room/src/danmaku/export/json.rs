//! JSON: `{"items":[...]}`, as the lists of the API.

use super::{Format, Writer, offset_ms};
use crate::danmaku::store::Danmaku;
use events::{Millis, ViewerId};
use serde::Serialize;
use utoipa::ToSchema;

pub const FORMAT: Format = Format {
    name: "json",
    content_type: "application/json",
    make: |show| Box::new(Json { started_at: show.started_at, empty: true }),
};

/// One danmaku of the archive.
#[derive(Debug, Serialize, ToSchema)]
pub struct DanmakuBody {
    /// Position in the event log: unique, and the order.
    position: u64,
    /// Milliseconds since the epoch.
    at: i64,
    /// Milliseconds from the show's beginning, negative before air.
    offset_ms: i64,
    before_air: bool,
    #[schema(value_type = String)]
    viewer: ViewerId,
    nick: Option<String>,
    text: String,
    /// 1 scrolling, 4 bottom, 5 top.
    mode: u8,
    /// RGB as a number.
    color: u32,
    /// `viewer` or `import`.
    #[schema(value_type = String)]
    source: events::Source,
    /// What was written is gone for good; `text` and `nick` are empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    erased: bool,
}

impl DanmakuBody {
    pub fn new(row: &Danmaku, started_at: Millis) -> Self {
        let offset_ms = offset_ms(row, started_at);
        Self {
            position: row.position,
            at: row.occurred_at.0,
            offset_ms,
            before_air: offset_ms < 0,
            viewer: row.viewer.clone(),
            nick: row.sent.nick.clone(),
            text: row.sent.text.clone(),
            mode: row.sent.mode,
            color: row.sent.color,
            source: row.source,
            erased: row.erased,
        }
    }
}

struct Json {
    started_at: Millis,
    empty: bool,
}

impl Writer for Json {
    fn begin(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(b"{\"items\":[");
        Ok(())
    }

    fn row(&mut self, danmaku: &Danmaku, out: &mut Vec<u8>) -> anyhow::Result<()> {
        if !std::mem::take(&mut self.empty) {
            out.push(b',');
        }
        Ok(serde_json::to_writer(out, &DanmakuBody::new(danmaku, self.started_at))?)
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(b"]}");
        Ok(())
    }
}
