//! Where passing ends, limit by limit.

use super::*;
use crate::precheck::findings::overall;

fn good() -> (PushMeasured, Looked) {
    let push = PushMeasured {
        elapsed_ms: 15_000,
        media_ms: 14_950,
        pace_percent: Some(99.7),
        behind_ms: 120,
        gap_ms: 80,
        jitter_ms: 12.0,
        bytes: 6_000_000,
        video: Some(VideoMeasured {
            codec: "avc1.64001f".into(),
            width: 1280,
            height: 720,
            frames: 450,
            fps: Some(30.0),
            uneven_percent: 0.0,
            kbps: Some(2_500.0),
            peak_kbps: Some(3_400.0),
            key_frames: 8,
            gop_ms: Some(2_000),
            gop_least_ms: Some(2_000),
            b_frames: true,
        }),
        audio: Some(AudioMeasured {
            codec: "mp4a.40.2".into(),
            rate: 48_000,
            channels: 2,
            frames: 700,
            kbps: Some(128.0),
        }),
        skew_ms: Some(-12),
        ..PushMeasured::default()
    };
    let picture =
        PictureMeasured { black_percent: 0.0, frozen_percent: 0.0, luma: 120.0, luma_low: 40.0, luma_high: 200.0 };
    let sound = SoundMeasured { loudness_lufs: Some(-19.0), peak_dbtp: Some(-4.0), silent_percent: 8.0 };
    (push, Looked { picture: Some(picture), sound: Some(sound), unchecked: None })
}

/// Codes that did not pass, with their level.
fn found(change: impl FnOnce(&mut PushMeasured, &mut Looked)) -> Vec<(String, Level)> {
    let (mut push, mut looked) = good();
    change(&mut push, &mut looked);
    let findings = judge(&push, &looked, &PrecheckSettings::default());
    findings.into_iter().filter(|found| found.level != Level::Pass).map(|found| (found.code, found.level)).collect()
}

fn is(found: Vec<(String, Level)>, wanted: &[(&str, Level)]) {
    let found: Vec<_> = found.iter().map(|(code, level)| (code.as_str(), *level)).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_good_push_passes_everything() {
    is(found(|_, _| {}), &[]);
    let (push, looked) = good();
    assert_eq!(overall(&judge(&push, &looked, &PrecheckSettings::default())), Level::Pass);
}

#[test]
fn every_finding_has_its_words() {
    let (push, looked) = good();
    for finding in judge(&push, &looked, &PrecheckSettings::default()) {
        assert!(super::super::findings::codes().any(|code| code == finding.code), "`{}`", finding.code);
        assert!(finding.value.is_some() || finding.text.is_some(), "`{}` says nothing", finding.code);
    }
}

#[test]
fn a_line_that_is_too_slow() {
    is(found(|push, _| push.pace_percent = Some(95.0)), &[("upload_pace", Level::Warn)]);
    is(
        found(|push, _| {
            push.pace_percent = Some(70.0);
            push.behind_ms = 4_500;
            push.gap_ms = 1_500;
        }),
        &[("upload_pace", Level::Fail), ("upload_behind", Level::Fail), ("upload_gap", Level::Warn)],
    );
}

#[test]
fn key_frames_too_far_apart_or_too_close() {
    let gop = |longest: u32, least: Option<u32>| {
        found(|push, _| {
            let video = push.video.as_mut().unwrap();
            (video.gop_ms, video.gop_least_ms) = (Some(longest), least);
        })
    };
    is(gop(4_000, Some(4_000)), &[]);
    is(gop(1_000, Some(1_000)), &[]);
    is(gop(6_000, Some(6_000)), &[("gop", Level::Warn)]);
    is(gop(10_000, None), &[("gop", Level::Fail)]);
    is(gop(500, Some(400)), &[("gop", Level::Warn)]);
    is(gop(3_500, Some(300)), &[("gop_regularity", Level::Warn)]);
}

#[test]
fn frame_rates() {
    let fps = |rate| found(|push, _| push.video.as_mut().unwrap().fps = Some(rate));
    is(fps(24.0), &[]);
    is(fps(23.976), &[]);
    is(fps(60.0), &[]);
    is(fps(18.0), &[("frame_rate", Level::Warn)]);
    is(fps(8.0), &[("frame_rate", Level::Fail)]);
}

#[test]
fn codecs_and_profiles() {
    let codec = |name: &str| found(|push, _| push.video.as_mut().unwrap().codec = name.into());
    is(codec("avc1.4d401f"), &[]);
    is(codec("avc1.7a0028"), &[("video_profile", Level::Fail)]);
    is(codec("avc1.640034"), &[("video_profile", Level::Warn)]);
    is(codec("hvc1.1.6.L93.90"), &[("video_codec", Level::Warn)]);
    is(codec(""), &[("video_codec", Level::Fail)]);
    is(found(|push, _| push.video = None), &[("video_codec", Level::Fail)]);
    is(found(|push, _| push.audio = None), &[("audio_codec", Level::Fail)]);
}

#[test]
fn sizes_and_bit_rates() {
    let size = |width, height| {
        found(|push, _| {
            let video = push.video.as_mut().unwrap();
            (video.width, video.height) = (width, height);
        })
    };
    is(size(720, 1280), &[]);
    is(size(640, 360), &[("video_size", Level::Warn)]);
    is(size(160, 120), &[("video_size", Level::Fail)]);
    is(size(3840, 2160), &[("video_size", Level::Warn), ("video_bitrate", Level::Warn)]);
    is(
        found(|push, _| push.video.as_mut().unwrap().kbps = Some(400.0)),
        &[("video_bitrate", Level::Warn), ("bitrate_peak", Level::Warn)],
    );
}

#[test]
fn black_frozen_and_dark_pictures() {
    let picture = |black, frozen, high| {
        found(|_, looked| {
            let picture = looked.picture.as_mut().unwrap();
            (picture.black_percent, picture.frozen_percent, picture.luma_high) = (black, frozen, high);
        })
    };
    is(picture(100.0, 100.0, 16.0), &[("picture_black", Level::Fail)]);
    is(picture(10.0, 0.0, 200.0), &[("picture_black", Level::Warn)]);
    is(picture(0.0, 98.0, 200.0), &[("picture_frozen", Level::Fail)]);
    is(picture(0.0, 40.0, 50.0), &[("picture_frozen", Level::Warn), ("picture_exposure", Level::Warn)]);
}

#[test]
fn silent_quiet_and_loud_sounds() {
    let sound = |silent, loudness: Option<f64>, peak| {
        found(|_, looked| {
            looked.sound =
                Some(SoundMeasured { loudness_lufs: loudness, peak_dbtp: Some(peak), silent_percent: silent });
        })
    };
    is(sound(100.0, None, -90.0), &[("silence", Level::Fail)]);
    is(sound(0.0, Some(-40.0), -25.0), &[("loudness", Level::Fail)]);
    is(sound(0.0, Some(-28.0), -12.0), &[("loudness", Level::Warn)]);
    is(sound(0.0, Some(-9.0), 0.4), &[("loudness", Level::Warn), ("true_peak", Level::Warn)]);
    is(sound(50.0, Some(-20.0), -3.0), &[("silence", Level::Warn)]);
}

#[test]
fn timing() {
    is(found(|push, _| push.skew_ms = Some(-120)), &[("av_skew", Level::Warn)]);
    is(found(|push, _| push.skew_ms = Some(450)), &[("av_skew", Level::Fail)]);
    is(found(|push, _| push.jumps = 2), &[("timestamps", Level::Warn)]);
}

#[test]
fn without_ffmpeg_picture_and_sound_are_named_as_not_checked() {
    let found = found(|_, looked| *looked = Looked { unchecked: Some("ffmpeg_missing".into()), ..Looked::default() });
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|(_, level)| *level == Level::Unchecked));
    let (push, _) = good();
    let looked = Looked { unchecked: Some("ffmpeg_missing".into()), ..Looked::default() };
    let findings = judge(&push, &looked, &PrecheckSettings::default());
    assert_eq!(overall(&findings), Level::Unchecked);
    assert!(findings.iter().any(|finding| finding.advice.en == "Not checked: ffmpeg is missing on the server."));
}

#[test]
fn nothing_at_all() {
    let findings = judge(&PushMeasured::default(), &Looked::default(), &PrecheckSettings::default());
    let failed: Vec<_> = findings.iter().filter(|finding| finding.level == Level::Fail).collect();
    assert_eq!(
        failed.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["length", "video_codec", "audio_codec"]
    );
}
