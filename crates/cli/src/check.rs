//! `kaibo config check`: would the program start with these settings, and do its work?

use crate::database::Place;
use anyhow::{Context, bail};
use server::Config;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Look at a settings file and at what it names: keys, values, ports, folders, the database, ffmpeg. Changes nothing.
    Check {
        #[command(flatten)]
        place: Place,
        /// Also print the settings as they are in effect, secrets hidden.
        #[arg(long)]
        print: bool,
    },
}

pub async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Check { place, print } = command;
    let mut findings = Vec::new();
    if let Some(file) = place.settings() {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("reading the settings in `{}`", file.display()))?;
        findings = server::check_text(&text);
    }
    if !findings.iter().any(|finding| finding.is_error) {
        let config: Config = place.config()?;
        if print {
            crate::print(&server::effective(place.settings(), &config)?)?;
        }
        findings.extend(server::check_machine(&config).await);
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    let errors = findings.iter().filter(|finding| finding.is_error).count();
    if errors > 0 {
        bail!("{errors} of the settings would not work");
    }
    eprintln!("{}", if findings.is_empty() { "the settings work" } else { "apart from that the settings work" });
    Ok(())
}
