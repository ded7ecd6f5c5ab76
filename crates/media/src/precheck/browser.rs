//! A check from the studio page: what the page measured of camera, microphone and network, and what the server measured of its
//! upload. Pure.

use super::findings::{Finding, Level};
use super::look::PictureMeasured;
use super::rules::{above, at_least, at_most, below, picture};
use super::settings::PrecheckSettings;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// Longest text a page may hand in.
const LONGEST: usize = 200;
/// An upload over in less time says nothing of the line, unless it brought the most that is taken.
const LEAST_MS: u32 = 2_000;
const WINDOW: Duration = Duration::from_millis(250);
/// Windows remembered: a minute.
const MOST_WINDOWS: usize = 240;

/// What the studio page measured. A part that is absent was not tried, and is told to be unchecked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BrowserMeasured {
    pub camera: Option<CameraMeasured>,
    pub microphone: Option<MicrophoneMeasured>,
    pub network: Option<NetworkMeasured>,
    pub device: Option<DeviceMeasured>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CameraMeasured {
    /// Why it could not be opened, as the browser names it.
    #[schema(example = "NotAllowedError")]
    pub error: Option<String>,
    pub width: u32,
    pub height: u32,
    pub fps: f64,
    pub picture: PictureMeasured,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MicrophoneMeasured {
    pub error: Option<String>,
    /// Of what is not silent, dBFS; absent in digital silence.
    pub level_dbfs: Option<f64>,
    pub peak_dbfs: Option<f64>,
    /// Share of samples at full scale, percent.
    pub clipped_percent: f64,
    /// Share of the time below -50 dBFS, percent.
    pub silent_percent: f64,
    /// Share of the power at 50 or 60 Hz and their first harmonics, percent.
    pub hum_percent: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkMeasured {
    pub round_trip_ms: f64,
    pub jitter_ms: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceMeasured {
    #[schema(example = "Chrome 140")]
    pub browser: String,
    #[schema(example = "Windows")]
    pub os: String,
    pub cores: u32,
    /// The page may use camera and microphone at all: it came over TLS or from this machine.
    pub secure: bool,
    /// Media Source Extensions: the browser can show the show.
    pub media_source: bool,
}

/// The pace at which bytes of the page arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UploadMeasured {
    pub kbps: f64,
    /// The slowest second after the first one.
    pub least_kbps: Option<f64>,
    pub bytes: u64,
    pub elapsed_ms: u32,
}

impl BrowserMeasured {
    /// Cuts texts to a sensible length.
    pub fn tidied(mut self) -> Self {
        let cut = |text: &mut String| *text = text.chars().take(LONGEST).collect();
        if let Some(device) = &mut self.device {
            cut(&mut device.browser);
            cut(&mut device.os);
        }
        let errors = [self.camera.as_mut().map(|c| &mut c.error), self.microphone.as_mut().map(|m| &mut m.error)];
        for error in errors.into_iter().flatten().flatten() {
            cut(error);
        }
        self
    }
}

/// Counts bytes as they arrive, over all requests of a check.
///
/// The time begins with the first request, not with its first byte: a proxy that buffers passes a body on at once, and what
/// the line needed for it would be free. A page begins with an empty request.
#[derive(Debug, Default)]
pub struct UploadMeter {
    first: Option<Instant>,
    last: Option<Instant>,
    bytes: u64,
    windows: Vec<u64>,
}

impl UploadMeter {
    /// A request came; its body follows.
    pub fn begin(&mut self, now: Instant) {
        self.first.get_or_insert(now);
    }

    pub fn take(&mut self, bytes: usize, now: Instant) {
        let first = *self.first.get_or_insert(now);
        self.last = Some(now);
        self.bytes += bytes as u64;
        let window = (now.saturating_duration_since(first).as_millis() / WINDOW.as_millis()) as usize;
        if window < MOST_WINDOWS {
            if self.windows.len() <= window {
                self.windows.resize(window + 1, 0);
            }
            self.windows[window] += bytes as u64;
        }
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// `None` before anything arrived.
    pub fn measured(&self) -> Option<UploadMeasured> {
        let elapsed = self.last?.saturating_duration_since(self.first?).max(Duration::from_millis(1));
        // The last window is cut short, and so is a second that holds it.
        let whole = self.windows.get(4..self.windows.len().saturating_sub(1)).unwrap_or_default();
        let least = whole.windows(4).map(|second| second.iter().sum::<u64>()).min();
        Some(UploadMeasured {
            kbps: (self.bytes as f64 * 8.0 / elapsed.as_secs_f64() / 1000.0).round(),
            least_kbps: least.map(|bytes| (bytes as f64 * 8.0 / 1000.0).round()),
            bytes: self.bytes,
            elapsed_ms: elapsed.as_millis() as u32,
        })
    }
}

/// `stream_kbps` is what the show will need: the last checked push, or what the settings expect.
pub fn judge(
    measured: &BrowserMeasured,
    upload: Option<&UploadMeasured>,
    stream_kbps: f64,
    settings: &PrecheckSettings,
) -> Vec<Finding> {
    let mut findings = match upload {
        Some(upload) if upload.elapsed_ms >= LEAST_MS || upload.bytes >= settings.upload_bytes as u64 => {
            line(upload, stream_kbps, settings)
        }
        Some(_) => vec![not_checked(
            "upload_speed",
            "too_short",
            ("未检测：上行测得太短，请重试。", "Not checked: the upload was over too soon, try again."),
        )],
        None => vec![not_checked(
            "upload_speed",
            "not_measured",
            ("未检测：没有测到上行速度，请重试。", "Not checked: no upload was measured, try again."),
        )],
    };
    match &measured.network {
        Some(network) => findings.extend(network_of(network, settings)),
        None => findings.push(not_checked(
            "round_trip",
            "not_measured",
            ("未检测：没有测到往返时延，请重试。", "Not checked: no round trip was measured, try again."),
        )),
    }
    // A page that did not come over HTTPS gets neither.
    let secure = measured.device.as_ref().is_none_or(|device| device.secure);
    match &measured.camera {
        Some(camera) => findings.extend(camera_of(camera, settings)),
        None if secure => findings.push(not_checked(
            "camera",
            "left_out",
            (
                "未检测：这次没有打开摄像头。如果画面由编码器推送，可以忽略。",
                "Not checked: the camera was left out. If an encoder sends the picture, ignore this.",
            ),
        )),
        None => findings.push(not_checked(
            "camera",
            "insecure",
            (
                "未检测：页面不是 HTTPS，浏览器不允许使用摄像头。",
                "Not checked: the page did not come over HTTPS, browsers give it no camera.",
            ),
        )),
    }
    match &measured.microphone {
        Some(microphone) => findings.extend(microphone_of(microphone, settings)),
        None if secure => findings.push(not_checked(
            "microphone",
            "left_out",
            (
                "未检测：这次没有打开麦克风。如果声音由编码器推送，可以忽略。",
                "Not checked: the microphone was left out. If an encoder sends the sound, ignore this.",
            ),
        )),
        None => findings.push(not_checked(
            "microphone",
            "insecure",
            (
                "未检测：页面不是 HTTPS，浏览器不允许使用麦克风。",
                "Not checked: the page did not come over HTTPS, browsers give it no microphone.",
            ),
        )),
    }
    match &measured.device {
        Some(device) => findings.push(device_of(device)),
        None => findings.push(not_checked(
            "browser",
            "not_told",
            (
                "未检测：页面没有说明浏览器和设备。",
                "Not checked: the page did not say what browser and device it is on.",
            ),
        )),
    }
    findings
}

/// Never passes silently.
fn not_checked(code: &'static str, why: &str, (zh, en): (&str, &str)) -> Finding {
    Finding::new(code, Level::Unchecked).text(why).advice(zh, en)
}

fn line(upload: &UploadMeasured, stream_kbps: f64, settings: &PrecheckSettings) -> Vec<Finding> {
    let percent = upload.kbps * 100.0 / stream_kbps.max(1.0);
    let level = below(percent, settings.headroom_warn_percent, settings.headroom_fail_percent);
    let needed = (stream_kbps * f64::from(settings.headroom_warn_percent) / 100.0).round();
    let mut findings =
        vec![Finding::new("upload_speed", level).value(upload.kbps, "kbps").limit(format!("≥ {needed}"))];
    if let Some(least) = upload.least_kbps {
        let share = (least * 100.0 / upload.kbps.max(1.0)).round();
        // A line that dips but still carries the show twice over is steady enough.
        let steady = share >= 50.0 || least >= 2.0 * stream_kbps;
        let level = if steady { Level::Pass } else { Level::Warn };
        findings.push(Finding::new("upload_stability", level).value(share, "percent").limit(at_least(50)));
    }
    findings
}

fn network_of(network: &NetworkMeasured, settings: &PrecheckSettings) -> [Finding; 2] {
    let limit = settings.round_trip_warn_ms;
    let round_trip = above(network.round_trip_ms, limit, u32::MAX);
    let jitter = above(network.jitter_ms, 50, u32::MAX);
    [
        Finding::new("round_trip", round_trip).value(network.round_trip_ms, "ms").limit(at_most(limit)),
        Finding::new("network_jitter", jitter).value(network.jitter_ms, "ms").limit(at_most(50)),
    ]
}

fn camera_of(camera: &CameraMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    if let Some(error) = &camera.error {
        return vec![Finding::new("camera", Level::Fail).text(error.clone())];
    }
    let size = format!("{}×{}", camera.width, camera.height);
    let short = camera.width.min(camera.height);
    let mut findings = vec![
        Finding::new("camera", Level::Pass).text("ok"),
        Finding::new("camera_size", below(f64::from(short), 720, 240)).text(size).limit(at_least(720)),
        Finding::new("camera_rate", below(camera.fps, 18, 8)).value(camera.fps, "fps").limit(at_least(18)),
    ];
    findings.extend(picture(&camera.picture, settings));
    findings
}

fn microphone_of(microphone: &MicrophoneMeasured, settings: &PrecheckSettings) -> Vec<Finding> {
    if let Some(error) = &microphone.error {
        return vec![Finding::new("microphone", Level::Fail).text(error.clone())];
    }
    let silent = above(microphone.silent_percent, settings.silent_warn_percent, settings.silent_fail_percent);
    let limit = at_most(settings.silent_warn_percent);
    let mut findings = vec![
        Finding::new("microphone", Level::Pass).text("ok"),
        Finding::new("silence", silent).value(microphone.silent_percent, "percent").limit(limit),
    ];
    if silent == Level::Fail {
        return findings;
    }
    if let Some(level) = microphone.level_dbfs {
        let verdict = if (-40.0..=-10.0).contains(&level) { Level::Pass } else { Level::Warn };
        findings.push(Finding::new("mic_level", verdict).value(level, "dbfs").limit("-40 – -10"));
    }
    let clipping = match microphone.clipped_percent {
        clipped if clipped > 2.0 => Level::Fail,
        clipped if clipped > 0.1 => Level::Warn,
        _ => Level::Pass,
    };
    findings.push(Finding::new("mic_clipping", clipping).value(microphone.clipped_percent, "percent").limit("≤ 0.1"));
    let hum = above(microphone.hum_percent, 50, u32::MAX);
    findings.push(Finding::new("mic_hum", hum).value(microphone.hum_percent, "percent").limit(at_most(50)));
    findings
}

fn device_of(device: &DeviceMeasured) -> Finding {
    let level = match (device.media_source && device.secure, device.cores) {
        (false, _) | (_, ..=1) => Level::Warn,
        _ => Level::Pass,
    };
    let finding = Finding::new("browser", level).text(format!("{} · {} · {}", device.browser, device.os, device.cores));
    match device.secure {
        true => finding,
        false => finding.advice(
            "页面不是通过 HTTPS 打开的，浏览器不允许使用摄像头和麦克风。",
            "The page did not come over HTTPS: browsers give it no camera and no microphone.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> BrowserMeasured {
        BrowserMeasured {
            camera: Some(CameraMeasured {
                error: None,
                width: 1280,
                height: 720,
                fps: 30.0,
                picture: PictureMeasured {
                    luma: 110.0,
                    luma_low: 30.0,
                    luma_high: 190.0,
                    ..PictureMeasured::default()
                },
            }),
            microphone: Some(MicrophoneMeasured {
                level_dbfs: Some(-24.0),
                peak_dbfs: Some(-6.0),
                silent_percent: 30.0,
                hum_percent: 3.0,
                ..MicrophoneMeasured::default()
            }),
            network: Some(NetworkMeasured { round_trip_ms: 20.0, jitter_ms: 3.0 }),
            device: Some(DeviceMeasured {
                browser: "Chrome 140".into(),
                os: "Windows".into(),
                cores: 8,
                secure: true,
                media_source: true,
            }),
        }
    }

    fn found(change: impl FnOnce(&mut BrowserMeasured), kbps: f64) -> Vec<(String, Level)> {
        let mut measured = good();
        change(&mut measured);
        let upload = UploadMeasured { kbps, least_kbps: Some(kbps * 0.8), bytes: 8 << 20, elapsed_ms: 8_000 };
        let findings = judge(&measured, Some(&upload), 2_500.0, &PrecheckSettings::default());
        findings.into_iter().filter(|one| one.level != Level::Pass).map(|one| (one.code, one.level)).collect()
    }

    fn one(code: &str, level: Level) -> Vec<(String, Level)> {
        vec![(code.to_owned(), level)]
    }

    #[test]
    fn a_good_studio_passes() {
        assert_eq!(found(|_| {}, 20_000.0), []);
    }

    #[test]
    fn headroom_over_the_streams_bit_rate() {
        assert_eq!(found(|_| {}, 3_750.0), []);
        assert_eq!(found(|_| {}, 3_000.0), one("upload_speed", Level::Warn));
        assert_eq!(found(|_| {}, 2_600.0), one("upload_speed", Level::Fail));
    }

    #[test]
    fn what_was_not_looked_at_is_not_passed() {
        let findings = judge(&good(), None, 2_500.0, &PrecheckSettings::default());
        assert_eq!((findings[0].code.as_str(), findings[0].level), ("upload_speed", Level::Unchecked));
        assert_eq!(found(|measured| measured.camera = None, 9e3), one("camera", Level::Unchecked));
        assert_eq!(found(|measured| measured.microphone = None, 9e3), one("microphone", Level::Unchecked));
        assert_eq!(found(|measured| measured.network = None, 9e3), one("round_trip", Level::Unchecked));
        let findings = judge(&BrowserMeasured::default(), None, 2_500.0, &PrecheckSettings::default());
        assert!(findings.iter().all(|finding| finding.level == Level::Unchecked && !finding.advice.zh.is_empty()));
        assert_eq!(findings.len(), 5);
    }

    #[test]
    fn an_upload_that_was_over_at_once_says_nothing() {
        let level = |elapsed_ms, bytes| {
            let upload = UploadMeasured { kbps: 90_000.0, least_kbps: None, bytes, elapsed_ms };
            judge(&good(), Some(&upload), 2_500.0, &PrecheckSettings::default())[0].level
        };
        assert_eq!(level(1_900, 4 << 20), Level::Unchecked);
        assert_eq!(level(2_000, 4 << 20), Level::Pass);
        assert_eq!(level(900, 32 << 20), Level::Pass, "a fast line brings the most that is taken in less");
    }

    #[test]
    fn devices() {
        let black = |measured: &mut BrowserMeasured| {
            measured.camera.as_mut().unwrap().picture.black_percent = 100.0;
        };
        assert_eq!(found(black, 9e3), one("picture_black", Level::Fail));
        let silent = |measured: &mut BrowserMeasured| measured.microphone.as_mut().unwrap().silent_percent = 100.0;
        assert_eq!(found(silent, 9e3), one("silence", Level::Fail));
        let forbidden =
            |measured: &mut BrowserMeasured| measured.camera.as_mut().unwrap().error = Some("NotAllowedError".into());
        assert_eq!(found(forbidden, 9e3), one("camera", Level::Fail));
        let clipped = |measured: &mut BrowserMeasured| measured.microphone.as_mut().unwrap().clipped_percent = 5.0;
        assert_eq!(found(clipped, 9e3), one("mic_clipping", Level::Fail));
        let plain = |measured: &mut BrowserMeasured| measured.device.as_mut().unwrap().secure = false;
        assert_eq!(found(plain, 9e3), one("browser", Level::Warn));
    }

    #[test]
    fn the_pace_of_an_upload() {
        let mut meter = UploadMeter::default();
        assert_eq!(meter.measured(), None);
        let begun = Instant::now();
        // 3 s at 100 kB/s, then one second at a tenth of that, then 1 s as before.
        for n in 0..50u32 {
            let bytes = if (30..40).contains(&n) { 1_000 } else { 10_000 };
            meter.take(bytes, begun + Duration::from_millis(u64::from(n) * 100));
        }
        let measured = meter.measured().unwrap();
        assert_eq!(measured.bytes, 410_000);
        assert!((600.0..720.0).contains(&measured.kbps), "{}", measured.kbps);
        assert!(measured.least_kbps.unwrap() < 300.0, "{measured:?}");
    }

    /// A proxy takes a whole body from a line of 1 Mbit/s, and passes it on at once: three pieces of 256 KiB every 6 s.
    #[test]
    fn a_proxy_that_buffers_does_not_make_a_line_faster() {
        let begun = Instant::now();
        let mut meter = UploadMeter::default();
        meter.begin(begun);
        for round in 1..=2u32 {
            for _ in 0..3 {
                let at = begun + Duration::from_millis(u64::from(round) * 6_290);
                meter.begin(at);
                meter.take(256 << 10, at);
            }
        }
        let measured = meter.measured().unwrap();
        assert!((950.0..1_050.0).contains(&measured.kbps), "{measured:?}");
    }

    #[test]
    fn texts_are_cut() {
        let mut measured = good();
        measured.device.as_mut().unwrap().browser = "x".repeat(10_000);
        assert_eq!(measured.tidied().device.unwrap().browser.len(), LONGEST);
    }
}
