//! `kaibo doctor`: looks, never touches.

use anyhow::{Context, bail};
use std::path::Path;

pub async fn run(data: &Path) -> anyhow::Result<()> {
    if !data.is_dir() {
        bail!("there is no data folder `{}`", data.display());
    }
    let log = data.join("log");
    let report = eventlog::doctor(&log).with_context(|| format!("reading the event log in `{}`", log.display()))?;
    println!("{report}");
    let database = store::check(&data.join("kaibo.db")).await?;
    println!("database: {database}");
    if !report.is_sound() || database != "ok" {
        bail!("damage was found");
    }
    Ok(())
}
