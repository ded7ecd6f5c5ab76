//! The head of a progressive MP4: everything but the media.

use super::{CLOCK, Plan, PlannedTrack, Sample};
use crate::boxes::Writer;

/// `ftyp`, `moov` and the beginning of `mdat`; the plan's ranges follow.
pub fn head(plan: &Plan) -> Vec<u8> {
    let payload: u64 = plan.ranges.iter().map(|range| range.length).sum();
    // Where the media begins depends on the size of the head, which does not depend on where that is.
    let large = payload > u64::from(u32::MAX) - (64 << 20);
    let length = compose(plan, payload, 0, large).len() as u64;
    compose(plan, payload, length, large)
}

fn compose(plan: &Plan, payload: u64, media_at: u64, large: bool) -> Vec<u8> {
    let mut out = Writer::default();
    out.boxed(b"ftyp", |out| {
        out.raw(b"isom");
        out.u32(0x200);
        out.raw(b"isomiso2avc1mp41");
    });
    let offsets = offsets(plan, media_at);
    out.boxed(b"moov", |out| {
        out.full(b"mvhd", 0, 0, |out| {
            out.zeros(8);
            out.u32(CLOCK as u32);
            out.u32(ticks(plan.duration));
            out.u32(0x0001_0000);
            out.u16(0x0100);
            out.zeros(10);
            out.matrix();
            out.zeros(24);
            out.u32(plan.tracks.len() as u32 + 1);
        });
        for (n, track) in plan.tracks.iter().enumerate() {
            let of = |(of, offset): &(usize, u64)| (*of == n).then_some(*offset);
            let offsets: Vec<u64> = offsets.iter().filter_map(of).collect();
            trak(out, n as u32 + 1, track, &offsets, large);
        }
    });
    if large {
        out.u32(1);
        out.raw(b"mdat");
        out.raw(&(payload + 16).to_be_bytes());
    } else {
        out.u32((payload + 8) as u32);
        out.raw(b"mdat");
    }
    out.bytes
}

/// The track and the file offset of every run of samples, in the order they stand in the file.
fn offsets(plan: &Plan, media_at: u64) -> Vec<(usize, u64)> {
    let mut runs: Vec<(usize, usize, u64)> = Vec::new();
    for (n, track) in plan.tracks.iter().enumerate() {
        let mut samples = track.samples.iter();
        for (count, place) in track.chunks.iter().zip(&track.places) {
            let bytes = samples.by_ref().take(*count as usize).map(|sample| u64::from(sample.size)).sum();
            runs.push((*place, n, bytes));
        }
    }
    runs.sort_unstable();
    let mut at = media_at;
    let place = |(_, track, bytes): (usize, usize, u64)| {
        let begins = at;
        at += bytes;
        (track, begins)
    };
    runs.into_iter().map(place).collect()
}

fn trak(out: &mut Writer, id: u32, planned: &PlannedTrack, offsets: &[u64], large: bool) {
    let track = &planned.track;
    let lasts: i64 = planned.samples.iter().map(|sample| i64::from(sample.duration)).sum();
    out.boxed(b"trak", |out| {
        out.full(b"tkhd", 0, 3, |out| {
            out.zeros(8);
            out.u32(id);
            out.u32(0);
            out.u32(ticks(planned.empty + planned.shown));
            out.zeros(12);
            out.u16(if track.video { 0 } else { 0x0100 });
            out.u16(0);
            out.matrix();
            out.u32(track.width);
            out.u32(track.height);
        });
        out.boxed(b"edts", |out| edits(out, planned));
        out.boxed(b"mdia", |out| {
            out.full(b"mdhd", 0, 0, |out| {
                out.zeros(8);
                out.u32(track.clock);
                out.u32(ticks(lasts));
                // Language `und`.
                out.u16(0x55c4);
                out.u16(0);
            });
            out.full(b"hdlr", 0, 0, |out| {
                out.u32(0);
                out.raw(if track.video { b"vide" } else { b"soun" });
                out.zeros(12);
                out.raw(b"kaibo\0");
            });
            out.boxed(b"minf", |out| {
                if track.video {
                    out.full(b"vmhd", 0, 1, |out| out.zeros(8));
                } else {
                    out.full(b"smhd", 0, 0, |out| out.zeros(4));
                }
                out.boxed(b"dinf", |out| {
                    out.full(b"dref", 0, 0, |out| {
                        out.u32(1);
                        out.full(b"url ", 0, 1, |_| {});
                    });
                });
                out.boxed(b"stbl", |out| tables(out, planned, offsets, large));
            });
        });
    });
}

fn edits(out: &mut Writer, planned: &PlannedTrack) {
    let mut edits = vec![(planned.shown, ticks(planned.shown_from))];
    if planned.empty > 0 {
        // -1: nothing is shown.
        edits.insert(0, (planned.empty, u32::MAX));
    }
    out.full(b"elst", 0, 0, |out| {
        out.u32(edits.len() as u32);
        for (duration, media_time) in edits {
            out.u32(ticks(duration));
            out.u32(media_time);
            out.u32(0x0001_0000);
        }
    });
}

fn tables(out: &mut Writer, planned: &PlannedTrack, offsets: &[u64], large: bool) {
    let samples = &planned.samples;
    out.raw(&planned.track.description);
    runs(out, b"stts", 0, samples.iter().map(|sample| sample.duration));
    if samples.iter().any(|sample| sample.composition != 0) {
        let version = u8::from(samples.iter().any(|sample| sample.composition < 0));
        runs(out, b"ctts", version, samples.iter().map(|sample| sample.composition as u32));
    }
    if samples.iter().any(|sample| !sample.key) {
        let keys: Vec<u32> = (1..).zip(samples).filter(|(_, sample)| sample.key).map(|(n, _)| n).collect();
        out.full(b"stss", 0, 0, |out| {
            out.u32(keys.len() as u32);
            keys.iter().for_each(|n| out.u32(*n));
        });
    }
    out.full(b"stsc", 0, 0, |out| {
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for (chunk, count) in (1..).zip(&planned.chunks) {
            if rows.last().is_none_or(|(_, last)| last != count) {
                rows.push((chunk, *count));
            }
        }
        out.u32(rows.len() as u32);
        for (chunk, count) in rows {
            out.u32(chunk);
            out.u32(count);
            out.u32(1);
        }
    });
    out.full(b"stsz", 0, 0, |out| {
        out.u32(0);
        out.u32(samples.len() as u32);
        samples.iter().for_each(|sample: &Sample| out.u32(sample.size));
    });
    let name = if large { b"co64" } else { b"stco" };
    out.full(name, 0, 0, |out| {
        out.u32(offsets.len() as u32);
        for offset in offsets {
            match large {
                true => out.raw(&offset.to_be_bytes()),
                false => out.u32(*offset as u32),
            }
        }
    });
}

/// A table of `count, value`.
fn runs(out: &mut Writer, name: &[u8; 4], version: u8, values: impl Iterator<Item = u32>) {
    let mut rows: Vec<(u32, u32)> = Vec::new();
    for value in values {
        match rows.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => rows.push((1, value)),
        }
    }
    out.full(name, version, 0, |out| {
        out.u32(rows.len() as u32);
        for (count, value) in rows {
            out.u32(count);
            out.u32(value);
        }
    });
}

fn ticks(time: i64) -> u32 {
    u32::try_from(time.max(0)).unwrap_or(u32::MAX)
}
