//! From measurements of a push to findings. Pure; where passing ends stands in the settings.

use super::findings::{Finding, Level};
use super::look::{Looked, PictureMeasured, SoundMeasured};
use super::measure::{AudioMeasured, PushMeasured, VideoMeasured};
use super::settings::PrecheckSettings;

/// A push that arrived for less than this is not judged, milliseconds.
const SHORT_MS: u32 = 4_000;
/// Bits per pixel and picture below which H.264 blurs motion: 720p at 30 from 0.8, 1080p from 1.9 Mbit/s.
const BITS_PER_PIXEL: f64 = 0.03;
/// More than this many viewers' lines cannot carry, kbit/s.
const MOST_KBPS: f64 = 12_000.0;
/// A second with more than so many times the mean is a peak; a key frame in every second is not.
const PEAK: f64 = 2.5;

/// Everything about a push, in the order a person reads it.
pub fn judge(push: &PushMeasured, looked: &Looked, settings: &PrecheckSettings) -> Vec<Finding> {
    let mut findings = vec![length(push)];
    if push.elapsed_ms >= SHORT_MS {
        findings.extend(upload(push, settings));
    }
    findings.extend(video(push, settings));
    findings.extend(audio(push));
    findings.extend(timing(push, settings));
    let unchecked = looked.unchecked.as_deref();
    if push.video.is_some() {
        match &looked.picture {
            Some(measured) => findings.extend(picture(measured, settings)),
            None => findings.extend(
                ["picture_black", "picture_frozen", "picture_exposure"].map(|code| not_checked(code, unchecked)),
            ),
        }
    }
    if push.audio.is_some() {
        match &looked.sound {
            Some(measured) => findings.extend(sound(measured, settings)),
            None => findings.extend(["silence", "loudness", "true_peak"].map(|code| not_checked(code, unchecked))),
        }
    }
    findings
}

/// Never passes silently.
fn not_checked(code: &'static str, why: Option<&str>) -> Finding {
    let (zh, en) = match why {
        Some("ffmpeg_missing") => ("未检测：服务器上没有 ffmpeg。", "Not checked: ffmpeg is missing on the server."),
        Some("ffmpeg_timeout") => ("未检测：分析超时，请重试。", "Not checked: the analysis took too long, try again."),
        Some("codec") => (
            "未检测：只有 H.264 视频和 AAC 音频能检测画面与声音。",
            "Not checked: picture and sound are looked at in H.264 and AAC only.",
        ),
        _ => ("未检测：无法分析收到的画面。", "Not checked: what arrived could not be analysed."),
    };
    Finding::new(code, Level::Unchecked).text(why.unwrap_or("unreadable")).advice(zh, en)
}

fn length(push: &PushMeasured) -> Finding {
    let level = if push.elapsed_ms >= SHORT_MS { Level::Pass } else { Level::Fail };
    Finding::new("length", level).value(push.elapsed_ms, "ms").limit(format!("≥ {SHORT_MS}"))
}

fn upload(push: &PushMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(pace) = push.pace_percent {
        let level = below(pace, settings.pace_warn_percent, settings.pace_fail_percent);
        let limit = at_least(settings.pace_warn_percent);
        findings.push(Finding::new("upload_pace", level).value(pace, "percent").limit(limit));
    }
    for (code, value, warn, fail) in [
        ("upload_behind", push.behind_ms, settings.behind_warn_ms, settings.behind_fail_ms),
        ("upload_gap", push.gap_ms, settings.gap_warn_ms, settings.gap_fail_ms),
    ] {
        let level = above(f64::from(value), warn, fail);
        findings.push(Finding::new(code, level).value(value, "ms").limit(at_most(warn)));
    }
    let level = above(push.jitter_ms, 250, u32::MAX);
    findings.push(Finding::new("upload_jitter", level).value(push.jitter_ms, "ms").limit(at_most(250)));
    findings
}

fn video(push: &PushMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let Some(video) = &push.video else {
        let finding = Finding::new("video_codec", Level::Fail);
        return vec![match push.refused_video {
            true => finding
                .advice("这种视频编码不支持。编码器请选 H.264。", "This video codec is not carried. Choose H.264."),
            false => finding,
        }];
    };
    let mut findings = vec![codec(video), profile(video), size(video)];
    findings.extend(frames(video, settings));
    findings.extend(bit_rate(video));
    findings.extend(groups(video, settings));
    let b_frames = Finding::new("b_frames", Level::Pass).text(if video.b_frames { "yes" } else { "no" });
    findings.push(b_frames);
    findings
}

fn codec(video: &VideoMeasured) -> Finding {
    let (level, name) = match video.codec.split('.').next() {
        Some("avc1") => (Level::Pass, "H.264"),
        Some("hvc1") => (Level::Warn, "H.265"),
        Some("av01") => (Level::Warn, "AV1"),
        _ => (Level::Fail, "?"),
    };
    let finding = Finding::new("video_codec", level).text(name).limit("H.264");
    match level {
        Level::Warn => finding.advice(
            "部分浏览器不能播放。除非确认观众设备支持，请选 H.264。",
            "Some browsers cannot play this. Choose H.264 unless you know your viewers' devices.",
        ),
        _ => finding,
    }
}

/// The profile and level that stand in `avc1.PPCCLL`.
fn profile(video: &VideoMeasured) -> Finding {
    let digits = video.codec.strip_prefix("avc1.").and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let Some(digits) = digits else { return Finding::new("video_profile", Level::Pass).text(video.codec.clone()) };
    let (profile, level) = (digits >> 16, digits & 0xff);
    let name = match profile {
        66 => "Baseline",
        77 => "Main",
        100 => "High",
        110 => "High 10",
        122 => "High 4:2:2",
        244 => "High 4:4:4",
        _ => "?",
    };
    let verdict = match profile {
        66 | 77 | 100 if level <= 51 => Level::Pass,
        66 | 77 | 100 => Level::Warn,
        _ => Level::Fail,
    };
    let text = format!("{name} @ {}.{}", level / 10, level % 10);
    Finding::new("video_profile", verdict).text(text).limit("Main, High ≤ 5.1")
}

fn size(video: &VideoMeasured) -> Finding {
    let (short, long) = (video.width.min(video.height), video.width.max(video.height));
    let level = match (short, long) {
        // H.265 and AV1 do not tell here.
        (0, _) if !video.codec.starts_with("avc1") => Level::Pass,
        (..=239, _) => Level::Fail,
        (240..=479, _) | (_, 1921..) => Level::Warn,
        _ => Level::Pass,
    };
    Finding::new("video_size", level).text(format!("{}×{}", video.width, video.height)).limit("480–1080")
}

fn frames(video: &VideoMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let Some(fps) = video.fps else { return vec![Finding::new("frame_rate", Level::Fail)] };
    let level = match below(fps, settings.fps_warn, settings.fps_fail) {
        Level::Pass if fps > 61.0 => Level::Warn,
        level => level,
    };
    let uneven = above(video.uneven_percent, 10, u32::MAX);
    vec![
        Finding::new("frame_rate", level).value(fps, "fps").limit(at_least(settings.fps_warn)),
        Finding::new("frame_regularity", uneven).value(video.uneven_percent, "percent").limit(at_most(10)),
    ]
}

fn bit_rate(video: &VideoMeasured) -> Vec<Finding> {
    let (Some(kbps), Some(fps)) = (video.kbps, video.fps) else { return Vec::new() };
    let least = f64::from(video.width) * f64::from(video.height) * fps * BITS_PER_PIXEL / 1000.0;
    let least = (least / 10.0).round() * 10.0;
    let level = if kbps < least || kbps > MOST_KBPS { Level::Warn } else { Level::Pass };
    let mut findings =
        vec![Finding::new("video_bitrate", level).value(kbps, "kbps").limit(format!("{least}–{MOST_KBPS}"))];
    if let Some(peak) = video.peak_kbps {
        let level = if peak > kbps * PEAK { Level::Warn } else { Level::Pass };
        let limit = format!("≤ {}", (kbps * PEAK).round());
        findings.push(Finding::new("bitrate_peak", level).value(peak, "kbps").limit(limit));
    }
    findings
}

fn groups(video: &VideoMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let Some(gop) = video.gop_ms else { return vec![Finding::new("gop", Level::Fail)] };
    let level = match above(f64::from(gop), settings.gop_warn_ms, settings.gop_fail_ms) {
        Level::Pass if gop < settings.gop_least_ms && video.key_frames > 1 => Level::Warn,
        level => level,
    };
    let limit = format!("{}–{}", settings.gop_least_ms, settings.gop_warn_ms);
    let mut findings = vec![Finding::new("gop", level).value(gop, "ms").limit(limit)];
    if let Some(least) = video.gop_least_ms {
        let spread = gop.saturating_sub(least);
        let level = above(f64::from(spread), 1_000, u32::MAX);
        findings.push(Finding::new("gop_regularity", level).value(spread, "ms").limit(at_most(1_000)));
    }
    findings
}

fn audio(push: &PushMeasured) -> Vec<Finding> {
    let Some(AudioMeasured { codec, rate, channels, kbps, .. }) = &push.audio else {
        let finding = Finding::new("audio_codec", Level::Fail);
        return vec![match push.refused_audio {
            true => {
                finding.advice("这种音频编码不支持。编码器请选 AAC。", "This audio codec is not carried. Choose AAC.")
            }
            false => finding,
        }];
    };
    let level = if codec.starts_with("mp4a.40") { Level::Pass } else { Level::Fail };
    let text = format!("AAC {channels}");
    let mut findings = vec![Finding::new("audio_codec", level).text(text).limit("AAC")];
    let level = below(f64::from(*rate), 44_100, 16_000);
    findings.push(Finding::new("audio_rate", level).value(*rate, "hz").limit(at_least(44_100)));
    if let Some(kbps) = *kbps {
        // Variable bit rate AAC spends almost nothing on silence, which has a finding of its own.
        let level = below(kbps, 48, 0);
        findings.push(Finding::new("audio_bitrate", level).value(kbps, "kbps").limit(at_least(48)));
    }
    findings
}

fn timing(push: &PushMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(skew) = push.skew_ms {
        let level = above(f64::from(skew.unsigned_abs()), settings.skew_warn_ms, settings.skew_fail_ms);
        findings.push(Finding::new("av_skew", level).value(skew, "ms").limit(format!("± {}", settings.skew_warn_ms)));
    }
    let level = if push.jumps == 0 { Level::Pass } else { Level::Warn };
    findings.push(Finding::new("timestamps", level).value(push.jumps, "").limit("0"));
    findings
}

/// Also of a browser's camera.
pub fn picture(picture: &PictureMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let black = above(picture.black_percent, settings.black_warn_percent, settings.black_fail_percent);
    let limit = at_most(settings.black_warn_percent);
    let mut findings = vec![Finding::new("picture_black", black).value(picture.black_percent, "percent").limit(limit)];
    if black == Level::Fail {
        // Black is still and dark too; one advice is enough.
        return findings;
    }
    let frozen = above(picture.frozen_percent, settings.frozen_warn_percent, settings.frozen_fail_percent);
    let limit = at_most(settings.frozen_warn_percent);
    findings.push(Finding::new("picture_frozen", frozen).value(picture.frozen_percent, "percent").limit(limit));
    // Nine tenths of the pixels darker than a dim grey, or brighter than a light one.
    let badly = picture.luma_high < 60.0 || picture.luma_low > 200.0;
    let exposure = if badly { Level::Warn } else { Level::Pass };
    findings.push(Finding::new("picture_exposure", exposure).value(picture.luma, "").limit("60–200"));
    findings
}

fn sound(sound: &SoundMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    let silent = above(sound.silent_percent, settings.silent_warn_percent, settings.silent_fail_percent);
    let limit = at_most(settings.silent_warn_percent);
    let mut findings = vec![Finding::new("silence", silent).value(sound.silent_percent, "percent").limit(limit)];
    if silent == Level::Fail {
        return findings;
    }
    let limit = format!("{} – {}", settings.loudness_low, settings.loudness_high);
    let loudness = match sound.loudness_lufs {
        Some(loudness) => Finding::new("loudness", loudness_level(loudness, settings)).value(loudness, "lufs"),
        None => Finding::new("loudness", Level::Fail),
    };
    findings.push(loudness.limit(limit));
    if let Some(peak) = sound.peak_dbtp {
        let level = if peak > f64::from(settings.peak_warn) { Level::Warn } else { Level::Pass };
        let limit = format!("≤ {}", settings.peak_warn);
        findings.push(Finding::new("true_peak", level).value(peak, "dbtp").limit(limit));
    }
    findings
}

fn loudness_level(loudness: f64, settings: &PrecheckSettings) -> Level {
    if loudness < f64::from(settings.loudness_fail) {
        Level::Fail
    } else if (f64::from(settings.loudness_low)..=f64::from(settings.loudness_high)).contains(&loudness) {
        Level::Pass
    } else {
        Level::Warn
    }
}

pub(super) fn above(value: f64, warn: u32, fail: u32) -> Level {
    if value > f64::from(fail) {
        Level::Fail
    } else if value > f64::from(warn) {
        Level::Warn
    } else {
        Level::Pass
    }
}

pub(super) fn below(value: f64, warn: u32, fail: u32) -> Level {
    if value < f64::from(fail) {
        Level::Fail
    } else if value < f64::from(warn) {
        Level::Warn
    } else {
        Level::Pass
    }
}

pub(super) fn at_most(limit: u32) -> String {
    format!("≤ {limit}")
}

pub(super) fn at_least(limit: u32) -> String {
    format!("≥ {limit}")
}

#[cfg(test)]
mod tests;
