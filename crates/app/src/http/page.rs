//! Lists, a page at a time.

use serde::Serialize;

/// One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
