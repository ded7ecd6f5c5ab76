//! ASS subtitles (Advanced SubStation Alpha v4+): danmaku over the recording in any player. Scrolling ones run in lanes and never
//! overtake each other; those at the top and the bottom stand.

use super::{Format, Show, Writer, offset_ms};
use crate::danmaku::store::Danmaku;
use events::Millis;
use std::fmt::Write as _;

pub const FORMAT: Format =
    Format { name: "ass", content_type: "text/x-ssa; charset=utf-8", make: |show| Box::new(Ass::new(show)) };

const WIDTH: i64 = 1920;
const HEIGHT: i64 = 1080;
const FONT: i64 = 48;
/// One line of text with its space.
const LANE: i64 = 56;
/// The lowest quarter is left free, so that the picture's own subtitles can be read.
const LANES: usize = (HEIGHT * 3 / 4 / LANE) as usize;
/// How long a scrolling one takes across, and how long others stand.
const SCROLL_MS: i64 = 10_000;
const STAND_MS: i64 = 5_000;
/// Between the end of one and the beginning of the next in its lane, in pixels.
const GAP: i64 = 40;
/// Longer than anybody reads in passing.
const MOST_CHARS: usize = 100;
/// Players show hours with one digit: nothing is shown later than that.
const LAST_MS: i64 = 35_999_000;

struct Line {
    at_ms: i64,
    mode: u8,
    color: u32,
    text: String,
}

/// Subtitles stand in the order of time, the archive in that of the log: they are sorted at the end.
struct Ass {
    title: String,
    started_at: Millis,
    lines: Vec<Line>,
}

impl Ass {
    fn new(show: &Show) -> Self {
        Self { title: clean(&show.title), started_at: show.started_at, lines: Vec::new() }
    }
}

impl Writer for Ass {
    fn begin(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let head = format!(
            "\u{feff}[Script Info]\n; Danmaku by Kaibo\nTitle: {}\nScriptType: v4.00+\nWrapStyle: 2\nScaledBorderAndShadow: yes\nPlayResX: {WIDTH}\nPlayResY: {HEIGHT}\n\n\
             [V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
             Style: danmaku,sans-serif,{FONT},&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,2,0,7,0,0,0,1\n\n\
             [Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
            self.title
        );
        out.extend_from_slice(head.as_bytes());
        Ok(())
    }

    fn row(&mut self, danmaku: &Danmaku, _: &mut Vec<u8>) -> anyhow::Result<()> {
        let at_ms = offset_ms(danmaku, self.started_at);
        // Before air there is no picture to stand over.
        if (0..=LAST_MS).contains(&at_ms) {
            let (mode, color) = (danmaku.sent.mode, danmaku.sent.color);
            self.lines.push(Line { at_ms, mode, color, text: clean(&danmaku.sent.text) });
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let mut lines = std::mem::take(&mut self.lines);
        lines.sort_by_key(|line| line.at_ms);
        let mut lanes = Lanes::default();
        let mut text = String::new();
        for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
            event(&mut text, line, &mut lanes)?;
        }
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// When each lane is free again.
#[derive(Default)]
struct Lanes {
    scroll: [(i64, i64); LANES],
    top: [i64; LANES],
    bottom: [i64; LANES],
}

impl Lanes {
    /// The first lane where a text of that width runs into nobody; the one that is free soonest when all are taken.
    fn scroll(&mut self, at_ms: i64, width: i64) -> usize {
        // A lane is free once the one before it has left the right edge, and is gone before this one could reach it.
        let reaches_left_ms = at_ms + SCROLL_MS * WIDTH / (WIDTH + width);
        let free = |(in_ms, gone_ms): &(i64, i64)| *in_ms <= at_ms && *gone_ms <= reaches_left_ms;
        let soonest = || (0..LANES).min_by_key(|lane| self.scroll[*lane].1).unwrap_or(0);
        let lane = self.scroll.iter().position(free).unwrap_or_else(soonest);
        let in_ms = at_ms + SCROLL_MS * (width + GAP) / (WIDTH + width);
        self.scroll[lane] = (in_ms, at_ms + SCROLL_MS);
        lane
    }

    fn stand(lanes: &mut [i64; LANES], at_ms: i64) -> usize {
        let soonest = |lanes: &[i64; LANES]| (0..LANES).min_by_key(|lane| lanes[*lane]).unwrap_or(0);
        let lane = lanes.iter().position(|free| *free <= at_ms).unwrap_or_else(|| soonest(lanes));
        lanes[lane] = at_ms + STAND_MS;
        lane
    }
}

fn event(out: &mut String, line: &Line, lanes: &mut Lanes) -> std::fmt::Result {
    let width = width(&line.text);
    let (how, lasts_ms) = match line.mode {
        4 => {
            let y = HEIGHT - LANE * Lanes::stand(&mut lanes.bottom, line.at_ms) as i64;
            (format!("\\an2\\pos({},{y})", WIDTH / 2), STAND_MS)
        }
        5 => {
            let y = LANE * Lanes::stand(&mut lanes.top, line.at_ms) as i64;
            (format!("\\an8\\pos({},{y})", WIDTH / 2), STAND_MS)
        }
        _ => {
            let y = LANE * lanes.scroll(line.at_ms, width) as i64;
            (format!("\\move({WIDTH},{y},-{width},{y})"), SCROLL_MS)
        }
    };
    let (red, green, blue) = (line.color >> 16 & 0xff, line.color >> 8 & 0xff, line.color & 0xff);
    // Colours are blue, green, red.
    let color = if line.color == 0xff_ffff { String::new() } else { format!("\\c&H{blue:02X}{green:02X}{red:02X}&") };
    let (from, to) = (time(line.at_ms), time(line.at_ms + lasts_ms));
    writeln!(out, "Dialogue: 0,{from},{to},danmaku,,0,0,0,,{{{how}{color}}}{}", line.text)
}

/// Of a text on the screen, in pixels: Chinese signs are as wide as they are high, others half as wide.
fn width(text: &str) -> i64 {
    text.chars().map(|c| if c.is_ascii() { FONT / 2 } else { FONT }).sum()
}

/// `h:mm:ss.cc`.
fn time(ms: i64) -> String {
    format!("{}:{:02}:{:02}.{:02}", ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms / 10 % 100)
}

/// One line of text without commands: braces and backslashes become their wide twins.
fn clean(text: &str) -> String {
    let twin = |c| match c {
        '{' => '｛',
        '}' => '｝',
        '\\' => '＼',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().take(MOST_CHARS).map(twin).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{danmaku, file};
    use super::*;

    fn events(rows: &[Danmaku]) -> Vec<String> {
        let out = String::from_utf8(file(&FORMAT, rows)).expect("text");
        out.lines().filter(|line| line.starts_with("Dialogue")).map(str::to_owned).collect()
    }

    #[test]
    fn texts_run_in_the_order_of_time_and_hold_no_commands() {
        let found =
            events(&[danmaku("later", 2_000), danmaku("{\\p1}\nm", 1_000), danmaku("before air", -1), danmaku(" ", 0)]);
        assert_eq!(
            found,
            [
                "Dialogue: 0,0:00:01.00,0:00:11.00,danmaku,,0,0,0,,{\\move(1920,0,-240,0)}｛＼p1｝ m",
                "Dialogue: 0,0:00:02.00,0:00:12.00,danmaku,,0,0,0,,{\\move(1920,56,-120,56)}later",
            ]
        );
    }

    #[test]
    fn nobody_is_overtaken_in_a_lane() {
        let mut lanes = Lanes::default();
        let (short, long) = (100, 3_000);
        assert_eq!(lanes.scroll(0, short), 0);
        assert_eq!(lanes.scroll(100, short), 1, "the first is not in yet");
        assert_eq!(lanes.scroll(1_500, short), 0);
        assert_eq!(lanes.scroll(3_000, long), 2, "it is faster and would run into them");
        for at in 0..200 {
            assert!(lanes.scroll(20_000 + at, short) < LANES, "when all are taken, one is taken again");
        }
    }

    #[test]
    fn those_that_stand_keep_apart() {
        let mut one = danmaku("top", 0);
        one.sent.mode = 5;
        let mut low = danmaku("low", 10);
        low.sent.mode = 4;
        low.sent.color = 0x12_34_56;
        let found = events(&[one.clone(), one, low]);
        assert!(
            found[0].ends_with("{\\an8\\pos(960,0)}top") && found[1].ends_with("{\\an8\\pos(960,56)}top"),
            "{found:?}"
        );
        assert!(found[2].ends_with("{\\an2\\pos(960,1080)\\c&H563412&}low"), "{found:?}");
    }
}
