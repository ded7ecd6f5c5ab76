//! Embeds the web console. Built by `make web`; without it the program still builds and says what is missing.

use std::{fs, path::Path};

fn main() {
    let dist = Path::new("../../web/dist");
    for page in ["console.html", "room.html"] {
        let page = dist.join(page);
        if !page.exists() {
            fs::create_dir_all(dist).expect("creating web/dist");
            fs::write(
                page,
                "<!doctype html><title>Kaibo</title><p>The console is not built: run <code>make web</code>.</p>",
            )
            .expect("writing the placeholder page");
        }
    }
    memory_serve::load_directory("../../web/dist");
}
