//! `kaibo migrate` and `kaibo move`: the database by hand. And how a command is told which one.

use anyhow::bail;
use server::Config;
use std::path::{Path, PathBuf};

/// Where everything is.
#[derive(clap::Args)]
pub struct Place {
    /// The data folder [default: kaibo-data].
    #[arg(long)]
    data: Option<PathBuf>,
    /// The settings the server is started with.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The database, instead of the one in the settings: sqlite://PATH or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "KAIBO_DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
}

impl Place {
    /// The settings file.
    pub fn settings(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    pub fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        config.data = self.data.clone().unwrap_or(config.data);
        let database = self.database.clone().filter(|url| !url.is_empty());
        config.database.url = database.unwrap_or(config.database.url);
        Ok(config)
    }
}

#[derive(clap::Args)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
    /// Only say what is pending; the exit code is 1 when something is.
    #[arg(long)]
    check: bool,
}

#[derive(clap::Args)]
pub struct Move {
    /// The database as it is: sqlite://PATH or postgres://USER@HOST/DATABASE. It is not changed.
    #[arg(long)]
    from: String,
    /// The empty database that takes everything.
    #[arg(long, env = "KAIBO_DATABASE_URL", hide_env_values = true)]
    to: String,
}

pub async fn migrate(args: Migrate) -> anyhow::Result<()> {
    let config = args.place.config()?;
    let done = if args.check { "pending" } else { "applied" };
    let steps = if args.check { server::pending_migrations(&config).await? } else { server::migrate(&config).await? };
    for step in &steps {
        println!("{done} {step}");
    }
    if steps.is_empty() {
        println!("the database is up to date");
    } else if args.check {
        bail!("{} steps are pending", steps.len());
    }
    Ok(())
}

pub async fn r#move(args: Move) -> anyhow::Result<()> {
    let moved = server::move_database(&args.from, &args.to).await?;
    for table in &moved {
        println!("{:<32} {:>10} rows  {}", table.table, table.rows, &table.hash[..16]);
    }
    let rows: u64 = moved.iter().map(|table| table.rows).sum();
    println!("moved and compared {rows} rows of {} tables", moved.len());
    Ok(())
}
