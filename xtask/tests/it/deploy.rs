//! What people install: units of systemd.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use xtask::root;

const UNITS: &[&str] = &["kaibo.service", "kaibo-backup.service", "kaibo-backup.timer"];
/// systemd's own measure, in tenths: 0 is out of reach of everything, 100 is no protection at all. What serves has to reach
/// the network and the data, and no more.
const MOST_EXPOSED: u32 = 25;

/// The units, as on a machine that has the program and its user; none, said loudly, where systemd is not.
fn units() -> Option<PathBuf> {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("SKIPPED: systemd-analyze is not installed, the units were not looked at");
        return None;
    }
    let folder =
        std::env::temp_dir().join(format!("kaibo-units-{}-{:?}", std::process::id(), std::thread::current().id()));
    fs::create_dir_all(&folder).expect("a folder");
    for unit in UNITS {
        let text = fs::read_to_string(root().join("deploy").join(unit)).expect("a unit");
        assert!(text.contains("/usr/local/bin/kaibo ") || unit.ends_with(".timer"), "{unit} runs the program");
        // Neither is installed where this runs.
        let text = text.replace("/usr/local/bin/kaibo ", "/bin/true ").replace("User=kaibo", "User=daemon");
        fs::write(folder.join(unit), text).expect("a unit");
    }
    Some(folder)
}

fn analyze(folder: &Path, arguments: &[&str]) {
    let output = Command::new("systemd-analyze").args(arguments).current_dir(folder).output().expect("systemd-analyze");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success(), "systemd-analyze {}:\n{said}", arguments.join(" "));
    let complaints: Vec<&str> =
        said.lines().filter(|line| UNITS.iter().any(|unit| line.contains(&format!("{unit}:")))).collect();
    assert!(complaints.is_empty() || arguments[0] != "verify", "{complaints:#?}");
}

#[test]
fn the_units_are_understood() {
    let Some(folder) = units() else { return };
    for unit in UNITS {
        analyze(&folder, &["verify", "--man=no", "--recursive-errors=no", &format!("./{unit}")]);
    }
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn the_units_give_the_program_no_more_than_it_needs() {
    let Some(folder) = units() else { return };
    for unit in UNITS.iter().filter(|unit| unit.ends_with(".service")) {
        let most = format!("--threshold={MOST_EXPOSED}");
        analyze(&folder, &["security", "--offline=true", &most, &format!("./{unit}")]);
    }
    let _ = fs::remove_dir_all(folder);
}
