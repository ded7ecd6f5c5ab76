//! `kaibo token`: API tokens made on the machine itself.

use crate::database::Place;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Print a new bearer token. It is shown this once.
    Create {
        /// What the token may do: admin, operator, controller, moderator, analyst, host, service ...
        #[arg(long)]
        role: String,
        #[command(flatten)]
        place: Place,
        /// What the token is for, as the list of tokens shows it.
        #[arg(long, default_value = "made on the command line")]
        name: String,
        /// Days until it expires; without it, it does not.
        #[arg(long)]
        days: Option<u32>,
    },
}

pub async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Create { role, place, name, days } = command;
    let token = server::create_token(&place.config()?, &role, &name, days).await?;
    println!("{token}");
    Ok(())
}
