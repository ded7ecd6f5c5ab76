//! `kaibo text`: the filter and the classifier for pipelines, and so that anyone can measure them.

use anyhow::{Context, bail, ensure};
use moderation::text::{Example, Filter, Model, Scope, Scratch, in_list, pack, read};
use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check each line of standard input; one JSON object a line.
    Check {
        /// Lists of words beside the ones that Kaibo brings along; `none` for those alone. Format: docs/moderation.md.
        #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
        lexicon: Vec<PathBuf>,
        /// Where the texts stand.
        #[arg(long, value_enum, default_value = "danmaku")]
        scope: Place,
        /// Without the words that Kaibo brings along.
        #[arg(long)]
        no_pack: bool,
    },
    /// Train a classifier from a table of judged texts.
    Train {
        #[command(flatten)]
        table: Table,
        /// Where the model goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Say how good a model is on a table of judged texts, as JSON.
    Eval {
        #[arg(long, value_name = "FILE")]
        model: PathBuf,
        #[command(flatten)]
        table: Table,
        /// From which probability on a text is called bad.
        #[arg(long, default_value_t = 0.5)]
        threshold: f64,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Place {
    Danmaku,
    Script,
    Title,
}

#[derive(clap::Args)]
pub struct Table {
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// The column with the text.
    #[arg(long, default_value = "TEXT", value_name = "COL")]
    text: String,
    /// The column that says 1 or true for a bad text, 0 or false for a good one.
    #[arg(long, default_value = "label", value_name = "COL")]
    label: String,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check { lexicon, scope, no_pack } => check(&lexicon, scope, no_pack),
        Command::Train { table, out } => train(&table, &out),
        Command::Eval { model, table, threshold } => eval(&model, &table, threshold),
    }
}

fn check(lists: &[PathBuf], place: Place, no_pack: bool) -> anyhow::Result<()> {
    let mut entries = if no_pack { Vec::new() } else { pack() };
    for list in lists.iter().filter(|list| *list != Path::new("none")) {
        let bytes = std::fs::read(list).with_context(|| format!("reading `{}`", list.display()))?;
        let text = String::from_utf8(bytes).with_context(|| format!("`{}` is not UTF-8", list.display()))?;
        let (read, bad) = read(&text);
        for why in bad {
            eprintln!("kaibo: `{}`, {why}: left out", list.display());
        }
        entries.extend(in_list(read, &list.display().to_string()));
    }
    let filter = Filter::new(&entries).context("making the filter")?;
    let scope = match place {
        Place::Danmaku => Scope::Danmaku,
        Place::Script => Scope::Script,
        Place::Title => Scope::Title,
    };
    let mut scratch = Scratch::default();
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::BufWriter::new(std::io::stdout().lock()));
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).context("reading standard input")? == 0 {
            break;
        }
        // What is no text is checked as far as it is one.
        let text = String::from_utf8_lossy(&line);
        let checked = filter.check(text.trim_end_matches(['\n', '\r']), scope, &mut scratch);
        let written = serde_json::to_writer(&mut output, &checked)
            .map_err(std::io::Error::from)
            .and_then(|()| output.write_all(b"\n"));
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    match output.flush() {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        flushed => Ok(flushed?),
    }
}

fn examples(table: &Table) -> anyhow::Result<Vec<Example>> {
    let name = table.csv.display();
    let file = std::fs::File::open(&table.csv).with_context(|| format!("reading `{name}`"))?;
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(std::io::BufReader::new(file));
    let header = rows.headers().with_context(|| format!("reading the columns of `{name}`"))?.clone();
    let column = |wanted: &str| {
        let found = header.iter().position(|column| column.trim_start_matches('\u{feff}') == wanted);
        found.with_context(|| format!("`{name}` has no column `{wanted}`"))
    };
    let (text, label) = (column(&table.text)?, column(&table.label)?);
    let mut examples = Vec::new();
    for (at, row) in rows.records().enumerate() {
        let row = row.with_context(|| format!("row {} of `{name}`", at + 1))?;
        let bad = match row.get(label).map(str::trim) {
            Some("1" | "1.0" | "true" | "True" | "bad") => true,
            Some("0" | "0.0" | "false" | "False" | "good") => false,
            other => bail!("row {} of `{name}`: `{}` is neither 1 nor 0", at + 1, other.unwrap_or_default()),
        };
        examples.push(Example { text: row.get(text).unwrap_or_default().to_owned(), bad });
    }
    ensure!(!examples.is_empty(), "`{name}` has no rows");
    Ok(examples)
}

fn train(table: &Table, out: &Path) -> anyhow::Result<()> {
    let examples = examples(table)?;
    let model = Model::train(&examples)?;
    let bytes = model.to_bytes();
    std::fs::write(out, &bytes).with_context(|| format!("writing `{}`", out.display()))?;
    let mut said = serde_json::to_value(model.quality(&examples, 0.5))?;
    said["on"] = "the texts it learned from: measure it on others".into();
    said["bytes"] = bytes.len().into();
    crate::print(&format!("{said:#}\n"))
}

fn eval(model: &Path, table: &Table, threshold: f64) -> anyhow::Result<()> {
    ensure!(threshold > 0.0 && threshold < 1.0, "a threshold is between 0 and 1");
    let bytes = std::fs::read(model).with_context(|| format!("reading `{}`", model.display()))?;
    let model = Model::from_bytes(&bytes)?;
    let quality = serde_json::to_value(model.quality(&examples(table)?, threshold))?;
    crate::print(&format!("{quality:#}\n"))
}
