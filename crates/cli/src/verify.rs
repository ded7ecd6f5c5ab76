//! `kaibo verify`: what is meant to show tampering, shown. It looks and never touches; a server may run beside it.

use crate::database::Place;
use anyhow::{Context, bail};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Walk the audit log's chain of hashes and compare it with the heads in the event log.
    Audit {
        #[command(flatten)]
        place: Place,
        /// Heads noted elsewhere: the number of a row, `:`, its hash. May be given more than once.
        #[arg(long = "head", value_name = "ROW:HASH", value_parser = head)]
        heads: Vec<(i64, String)>,
    },
    /// Walk the chain of hashes of each organisation's ledger and compare it with the heads in the event log.
    Ledger {
        #[command(flatten)]
        place: Place,
        /// Heads that were exported, as a file: they are compared too.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
}

pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Audit { place, heads } => audit(place, heads).await,
        Command::Ledger { place, heads } => ledger(place, heads).await,
    }
}

async fn ledger(place: Place, heads: Option<PathBuf>) -> anyhow::Result<()> {
    let heads = match heads {
        Some(path) => std::fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?,
        None => String::new(),
    };
    let reports = server::verify_ledger(&place.config()?, &heads).await?;
    if reports.is_empty() {
        println!("ledger: ok, nothing was written");
    }
    for report in reports {
        let (org, rows) = (report.org, report.rows - report.cut);
        if let Some(damage) = report.damage {
            bail!("the ledger of `{org}` was tampered with: {damage}; {rows} rows before it are sound");
        }
        let (days, kept) = (report.days, report.heads_kept);
        println!("ledger of {org}: ok, {rows} rows, {days} days sealed, {kept} heads as noted elsewhere");
        if report.cut > 0 {
            println!("rows 1 to {} are gone by their age", report.cut);
        }
        println!("head: {}:{}", report.rows, report.head);
    }
    Ok(())
}

async fn audit(place: Place, heads: Vec<(i64, String)>) -> anyhow::Result<()> {
    let report = server::verify_audit(&place.config()?, heads).await?;
    if let Some(damage) = report.damage {
        bail!("the audit log was tampered with: {damage}; {} rows before it are sound", report.rows - report.cut);
    }
    println!("audit log: ok, {} rows, {} heads as noted elsewhere", report.rows - report.cut, report.heads_kept);
    if report.cut > 0 {
        println!("rows 1 to {} are gone by their age", report.cut);
    }
    if report.redacted > 0 {
        println!("{} rows without the words that were taken out of them", report.redacted);
    }
    println!("head: {}:{}", report.rows, report.head);
    Ok(())
}

fn head(text: &str) -> Result<(i64, String), String> {
    let (row, hash) = text.split_once(':').ok_or("a head is the number of a row, `:` and its hash")?;
    let row = row.parse().map_err(|_| format!("`{row}` is not the number of a row"))?;
    match hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok((row, hash.to_lowercase())),
        false => Err(format!("`{hash}` is not a hash of 64 hex digits")),
    }
}
