//! How well pictures are found again after they were changed, and how often others are taken for them. Long: by hand, with
//! `cargo nextest run --workspace --run-ignored only -E 'test(attacks)' --no-capture`.

use crate::stage::has_ffmpeg;
use patrol::{
    hash::{Grey, Print, SIDE},
    library::{ALIKE, Library, PatrolLevel, Sample},
};
use std::{process::Command, time::Instant};

const SCENES: usize = 300;
const KNOWN: usize = 150;

/// Scenes of ffmpeg's own, no two alike, each the same whenever it is drawn.
fn source(n: usize) -> String {
    let k = n / 3;
    let wide = "scale=640:360:flags=bilinear";
    match n % 3 {
        0 => format!("life=s=80x45:seed={}:r=10:ratio=0.3,{wide}", 100 + k),
        1 => format!("cellauto=s=80x45:seed={}:rule={},{wide}", 3 + k, [30, 45, 90, 110, 73][k % 5]),
        _ => {
            let (a, b, c) = (20 + k * 3, 15 + k * 5 % 61, 40 + k * 7 % 97);
            format!("nullsrc=s=640x360,geq=lum='128+60*sin(X/{a}+{k})+60*cos(Y/{b}+X/{c})':cb=128:cr=128")
        }
    }
}

/// The pixels that ffmpeg makes of a scene.
fn grey(scene: usize, attack: &str, jpeg: Option<u32>) -> Grey {
    let side = format!("scale={SIDE}:{SIDE}:flags=area,format=gray");
    let filter = |last: &str| if attack.is_empty() { last.to_owned() } else { format!("{attack},{last}") };
    let mut first = Command::new("ffmpeg");
    first.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", &source(scene), "-frames:v", "1"]);
    let run = |command: &mut Command| {
        let output = command.output().expect("ffmpeg");
        assert!(output.status.success(), "{scene} {attack}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let pixels = match jpeg {
        None => run(first.args(["-vf", &filter(&side), "-f", "rawvideo", "pipe:1"])),
        Some(quality) => {
            let file = std::env::temp_dir().join(format!("kaibo-attack-{}-{scene}.jpg", std::process::id()));
            run(first.args(["-vf", &filter("format=yuvj420p"), "-q:v", &quality.to_string(), "-y"]).arg(&file));
            let mut second = Command::new("ffmpeg");
            second.args(["-nostdin", "-v", "error", "-i"]).arg(&file);
            let pixels = run(second.args(["-vf", &side, "-f", "rawvideo", "pipe:1"]));
            let _ = std::fs::remove_file(file);
            pixels
        }
    };
    Grey::new(pixels).expect("a picture")
}

/// Between which shares the true one lies, 95 %.
fn wilson(hits: usize, of: usize) -> (f64, f64) {
    let (n, p, z) = (of as f64, hits as f64 / of as f64, 1.96);
    let (middle, half) = (p + z * z / (2.0 * n), z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt());
    ((middle - half) / (1.0 + z * z / n), (middle + half) / (1.0 + z * z / n))
}

fn library(greys: &[Grey]) -> Library {
    let sample = |grey: &Grey| Sample {
        id: uuid::Uuid::now_v7(),
        org: Default::default(),
        team: None,
        name: String::new(),
        category: String::new(),
        level: PatrolLevel::Alarm,
        source: String::new(),
        prints: grey.prints(),
        enabled: true,
        added_by: String::new(),
        added_at: Default::default(),
    };
    Library::new(greys.iter().map(sample))
}

#[test]
#[ignore = "a measurement of minutes"]
fn attacks_are_survived() {
    if !has_ffmpeg() {
        return;
    }
    let originals: Vec<Grey> = (0..SCENES).map(|scene| grey(scene, "", None)).collect();
    let own: Vec<usize> = (0..KNOWN).collect();
    let known = library(&originals[..KNOWN]);
    let foreign: Vec<u32> = originals[KNOWN..].iter().filter_map(|grey| known.nearest(grey.print())).collect();
    let false_hits = |most: u32| foreign.iter().filter(|distance| **distance <= most).count();
    let text = "drawtext=text='SALE 50 OFF TODAY':fontsize=40:x=20:y=h-60:fontcolor=white:box=1:boxcolor=red";
    let attacks: [(&str, &str, Option<u32>, f64); 8] = [
        ("jpeg q10", "", Some(24), 0.97),
        ("resize 1/3", "scale=213:120,scale=640:360", None, 0.99),
        ("bright +40", "lutyuv=y='clip(val+40,16,235)'", None, 0.99),
        ("text", text, None, 0.97),
        ("crop 3 %", "crop=iw*0.94:ih*0.94", None, 0.97),
        ("crop 8 %", "crop=iw*0.84:ih*0.84", None, 0.0),
        ("mirror", "hflip", None, 0.99),
        ("video", "scale=320:180,noise=alls=6,scale=640:360", Some(12), 0.97),
    ];
    for (name, filter, jpeg, goal) in attacks {
        let distances: Vec<u32> =
            own.iter().filter_map(|scene| known.nearest(grey(*scene, filter, jpeg).print())).collect();
        let found = |most: u32| distances.iter().filter(|distance| **distance <= most).count();
        let (low, high) = wilson(found(ALIKE), KNOWN);
        print!("{name:11} {:.3} [{low:.3}, {high:.3}] goal {goal:.2} |", found(ALIKE) as f64 / KNOWN as f64);
        (6..=30).step_by(4).for_each(|most| print!(" {most}: {:.2}", found(most) as f64 / KNOWN as f64));
        println!();
    }
    let (low, high) = wilson(false_hits(ALIKE), foreign.len());
    print!("false       {:.3} [{low:.3}, {high:.3}] goal <= 0.01 |", false_hits(ALIKE) as f64 / foreign.len() as f64);
    (6..=30).step_by(4).for_each(|most| print!(" {most}: {:.3}", false_hits(most) as f64 / foreign.len() as f64));
    println!();

    let large = library(&originals.iter().cycle().take(250_000).cloned().collect::<Vec<_>>());
    let began = Instant::now();
    let rounds = 10;
    (0..rounds).for_each(|n| assert!(large.nearest(Print { differences: n, cosines: !n }).is_some()));
    println!("a scan of 1,000,000 prints: {:.2} ms", began.elapsed().as_secs_f64() * 1e3 / rounds as f64);
}
