//! `kaibo`: the one program. Exit code 0 only on success; errors in one sentence on standard error.

mod backup;
mod check;
mod database;
mod demo;
mod doctor;
mod replay;
mod serve;
mod text;
mod token;
mod verify;

use clap::{Parser, Subcommand};
use std::{io::Write, process::ExitCode};

/// The C library's keeps holes between parts of media and small things: `docs/decisions/0017-allocator.md`.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Kaibo 开播: carries live broadcasts and runs the operation around them.
#[derive(Parser)]
#[command(name = "kaibo", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the program: console, players and API over HTTP, encoders over RTMP.
    Serve(serve::Args),
    /// Look at settings before the program is started with them.
    Config {
        #[command(subcommand)]
        command: check::Command,
    },
    /// Manage API tokens on this machine; works while the server runs.
    Token {
        #[command(subcommand)]
        command: token::Command,
    },
    /// Bring the database up to date, as every start does, or say what is pending.
    Migrate(database::Migrate),
    /// Copy the whole database into an empty one and compare every row, as from SQLite to PostgreSQL. Stop the server first.
    Move(database::Move),
    /// Copy everything to a folder or an object store, also while the server runs; or show that a backup is sound.
    Backup(backup::Backup),
    /// Bring a backup back into an empty data folder and an empty database, of the same or the other kind.
    Restore(backup::Restore),
    /// Feed a recording of a real broadcast into a room of a running Kaibo.
    Replay(replay::Args),
    /// Check the event log and the database for damage, without changing anything.
    Doctor(database::Place),
    /// Show that what must not be tampered with was not.
    Verify {
        #[command(subcommand)]
        command: verify::Command,
    },
    /// Check texts against lists of words, and train what ranks them.
    Text {
        #[command(subcommand)]
        command: text::Command,
    },
    /// Print the API's description (OpenAPI 3.1).
    Openapi,
}

fn main() -> ExitCode {
    // Several crates bring rustls; one of them has to be told which cryptography to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Config { command } => check::run(command).await,
        Command::Token { command } => token::run(command).await,
        Command::Migrate(args) => database::migrate(args).await,
        Command::Move(args) => database::r#move(args).await,
        Command::Backup(args) => backup::backup(args).await,
        Command::Restore(args) => backup::restore(args).await,
        Command::Replay(args) => replay::run(args).await,
        Command::Doctor(place) => doctor::run(&place.config()?).await,
        Command::Verify { command } => verify::run(command).await,
        Command::Text { command } => text::run(command),
        Command::Openapi => {
            let openapi = server::openapi().await?;
            print(&(openapi.to_pretty_json()? + "\n"))
        }
    }
}

/// Help and version are answers; anything else is one sentence and a failure.
fn explain(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(u8::from(error.use_stderr()) * 2);
    }
    let text = error.render().to_string();
    let sentence: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    eprintln!("kaibo: {} (see `kaibo --help`)", sentence.join(" ").trim_start_matches("error: "));
    ExitCode::from(2)
}

/// Writes to standard output; a reader that has seen enough is no error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("kaibo: {error:#}");
    ExitCode::FAILURE
}
