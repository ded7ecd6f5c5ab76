//! `kaibo doctor`: looks, never touches.

use anyhow::{Context, bail};
use server::Config;

pub async fn run(config: &Config) -> anyhow::Result<()> {
    let data = &config.data;
    if !data.is_dir() {
        bail!("there is no data folder `{}`", data.display());
    }
    let log = data.join("log");
    let report = eventlog::doctor(&log).with_context(|| format!("reading the event log in `{}`", log.display()))?;
    println!("{report}");
    let database = store::check(&config.database_url()).await?;
    println!("database: {database}");
    let disagreement = store::disagreement(&config.database_url(), &log).await?;
    if let Some(disagreement) = &disagreement {
        println!("database and event log do not fit: {disagreement}");
    }
    if !report.is_sound() || database != "ok" || disagreement.is_some() {
        bail!("damage was found");
    }
    Ok(())
}
