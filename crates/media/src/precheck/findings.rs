//! What a check can find, in words for the person at the encoder. One entry per code.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Pass,
    Warn,
    /// It was not looked at; the advice says why. Never counts as passed.
    Unchecked,
    Fail,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable, snake_case.
    #[schema(example = "gop")]
    pub code: String,
    pub level: Level,
    pub value: Option<f64>,
    /// A value that is no number, such as a codec's name.
    pub text: Option<String>,
    /// Of value and limit: `ms`, `kbps`, `percent`, `fps`, `lufs`, `dbtp`, `dbfs`, `hz`, or nothing.
    pub unit: String,
    /// Where passing ends.
    #[schema(example = "≤ 4100")]
    pub limit: String,
    pub name: Words,
    /// What to do about it; empty when it passed.
    pub advice: Words,
}

/// In both languages of the house.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

impl Words {
    fn of((zh, en): (&str, &str)) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

impl Finding {
    pub fn new(code: &'static str, level: Level) -> Self {
        let (name, advice) = LIST.iter().find(|entry| entry.0 == code).map_or((("", ""), ("", "")), |e| (e.1, e.2));
        let advice = if level == Level::Pass { ("", "") } else { advice };
        Self {
            code: code.to_owned(),
            level,
            value: None,
            text: None,
            unit: String::new(),
            limit: String::new(),
            name: Words::of(name),
            advice: Words::of(advice),
        }
    }

    pub fn value(mut self, value: impl Into<f64>, unit: &str) -> Self {
        self.value = Some(value.into());
        self.unit = unit.to_owned();
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    pub fn limit(mut self, limit: impl Into<String>) -> Self {
        self.limit = limit.into();
        self
    }

    /// Other advice than the code's usual one, unless it passed.
    pub fn advice(mut self, zh: &str, en: &str) -> Self {
        if self.level != Level::Pass {
            self.advice = Words::of((zh, en));
        }
        self
    }
}

/// Code, name and advice, zh and en.
type Entry = (&'static str, (&'static str, &'static str), (&'static str, &'static str));

#[rustfmt::skip]
const LIST: &[Entry] = &[
    ("length", ("检测时长", "Length"),
        ("收到的画面太短，无法判断。请保持推流直到检测完成。", "Too little arrived to judge. Keep the encoder pushing until the check is done.")),
    ("upload_pace", ("上行速度", "Upload pace"),
        ("推流比播放慢，直播会越来越迟并卡顿。降低码率，改用有线网络，关闭其他上传。", "The stream arrives slower than it plays: the show will lag and stall. Lower the bit rate, use a cable, stop other uploads.")),
    ("upload_behind", ("上行积压", "Upload backlog"),
        ("画面在上行途中积压。降低码率，或换更稳定的网络。", "Media pile up on their way. Lower the bit rate or use a steadier line.")),
    ("upload_gap", ("断流间隔", "Longest gap"),
        ("中途一段时间没有任何数据。检查 Wi-Fi 和网线，避免省电模式。", "For a while nothing arrived. Check Wi-Fi and cables, switch power saving off.")),
    ("upload_jitter", ("到达抖动", "Arrival jitter"),
        ("数据到达忽快忽慢，网络不稳定时会卡顿。尽量用有线网络。", "Data arrive unevenly. Use a cable if you can.")),
    ("video_codec", ("视频编码", "Video codec"),
        ("没有可播放的视频。编码器请选 H.264。", "There is no video that can be carried. Choose H.264 in the encoder.")),
    ("video_profile", ("视频规格", "Video profile"),
        ("浏览器和手机可能无法解码。请选 High 或 Main，色彩 4:2:0（NV12），Level 不超过 5.1。", "Browsers and phones may not decode this. Choose High or Main, 4:2:0 (NV12), level 5.1 at most.")),
    ("video_size", ("分辨率", "Picture size"),
        ("建议 1280×720 或 1920×1080；太小不清晰，太大许多手机播放吃力。", "1280×720 or 1920×1080 is advised: smaller is blurred, larger is heavy for many phones.")),
    ("frame_rate", ("帧率", "Frame rate"),
        ("帧率太低，动作不连贯。设为 25 或 30；若编码器丢帧，请降低分辨率或换更快的编码预设。", "Motion is not smooth. Set 25 or 30; if the encoder drops frames, lower the size or choose a faster preset.")),
    ("frame_regularity", ("帧间隔", "Frame spacing"),
        ("帧间隔不均匀（可变帧率）。在编码器中固定帧率，并查看 CPU 是否过载。", "Frames are unevenly spaced (variable frame rate). Fix the rate in the encoder and look for CPU overload.")),
    ("video_bitrate", ("视频码率", "Video bit rate"),
        ("码率与分辨率不相称：太低会模糊，太高会让观众卡顿。720p 建议 1500–4000，1080p 建议 2500–8000 kbps。", "The bit rate does not suit the size: too low blurs, too high stalls viewers. Advised: 1500–4000 kbps at 720p, 2500–8000 at 1080p.")),
    ("bitrate_peak", ("码率峰值", "Bit rate peak"),
        ("峰值远高于平均，弱网观众会卡。码率控制请选 CBR。", "Peaks are far above the mean; viewers on weak lines stall. Choose CBR.")),
    ("gop", ("关键帧间隔", "Key frame interval"),
        ("关键帧间隔建议 2 秒（1–4 秒）。太长：进房慢、延迟高；太短：同码率下画质变差。OBS：输出 → 高级 → 关键帧间隔 = 2。", "2 s is advised (1–4 s). Longer: slow to join and more delay; shorter: worse picture at the same bit rate. OBS: Output → Advanced → Keyframe Interval = 2.")),
    ("gop_regularity", ("关键帧均匀", "Key frame regularity"),
        ("关键帧间隔忽长忽短，分片会不整齐。关闭“场景切换插入关键帧”，固定间隔 2 秒。", "Key frames come irregularly. Switch scene-cut key frames off and fix the interval at 2 s.")),
    ("b_frames", ("B 帧", "B-frames"), ("", "")),
    ("audio_codec", ("音频编码", "Audio codec"),
        ("没有收到声音。在编码器中选择麦克风并启用音轨，编码选 AAC。", "No sound arrives. Choose the microphone, enable the audio track, encode as AAC.")),
    ("audio_rate", ("音频采样率", "Audio sample rate"),
        ("采样率建议 44.1 或 48 kHz。", "44.1 or 48 kHz is advised.")),
    ("audio_bitrate", ("音频码率", "Audio bit rate"),
        ("音频码率偏低，建议 96–160 kbps。", "The audio bit rate is low; 96–160 kbps is advised.")),
    ("av_skew", ("音画时间差", "Audio against video"),
        ("声音与画面的时间戳对不上。检查编码器的音频偏移，重启采集设备。", "Timestamps of sound and picture do not agree. Check the encoder's audio offset, restart the capture device.")),
    ("timestamps", ("时间戳", "Timestamps"),
        ("时间戳跳动，播放会断续。重启编码器；不要在检测中切换输入。", "Timestamps jump, playback will break. Restart the encoder; do not switch inputs during the check.")),
    ("picture_black", ("黑屏", "Black picture"),
        ("画面是黑的。检查镜头盖、采集源和场景是否选对。", "The picture is black. Check the lens cap, the capture source and the scene.")),
    ("picture_frozen", ("画面静止", "Frozen picture"),
        ("画面没有变化。检查摄像头是否卡住；若本来就是静止图片，可以忽略。", "The picture does not change. Check whether the camera hangs; if it is meant to be a still, ignore this.")),
    ("picture_exposure", ("曝光", "Exposure"),
        ("画面太暗或过曝。调整灯光和曝光。", "The picture is too dark or overexposed. Adjust light and exposure.")),
    ("silence", ("静音占比", "Silence"),
        ("几乎没有声音。检查麦克风是否静音、选对设备，对着它说几句话再测。", "There is hardly any sound. Check mute and the chosen device, speak into it and check again.")),
    ("loudness", ("响度", "Loudness"),
        ("响度不合适：太小听不清，太大刺耳。调节麦克风增益，让响度落在范围内。", "Too quiet is hard to hear, too loud hurts. Adjust the gain until the loudness is within the range.")),
    ("true_peak", ("真峰值", "True peak"),
        ("峰值过高，会破音。降低增益或加限幅器。", "Peaks are too high and will distort. Lower the gain or add a limiter.")),
    ("upload_speed", ("上行带宽", "Upload speed"),
        ("上行带宽应至少为码率的 1.5 倍。降低码率，或换网络。", "Upload should be at least 1.5 times the bit rate. Lower the bit rate or change the line.")),
    ("upload_stability", ("带宽稳定性", "Upload stability"),
        ("带宽忽高忽低。尽量用有线网络，关闭其他上传。", "The speed varies much. Use a cable, stop other uploads.")),
    ("round_trip", ("往返时延", "Round trip"),
        ("到服务器的往返时延较大，断线重连会更慢。换近一些的网络出口。", "The way to the server is long. Use a nearer network exit.")),
    ("network_jitter", ("网络抖动", "Network jitter"),
        ("网络抖动较大。尽量用有线网络。", "The network jitters. Use a cable.")),
    ("camera", ("摄像头", "Camera"),
        ("打不开摄像头。在浏览器中允许使用摄像头，关闭占用它的程序。", "The camera cannot be opened. Allow it in the browser, close programs that use it.")),
    ("camera_size", ("摄像头分辨率", "Camera size"),
        ("摄像头分辨率偏低，建议至少 1280×720。", "The camera's picture is small; 1280×720 at least is advised.")),
    ("camera_rate", ("摄像头帧率", "Camera frame rate"),
        ("摄像头帧率偏低。增加灯光（暗处会自动降帧），或在驱动中固定帧率。", "The camera is slow. Add light (cameras slow down in the dark) or fix its rate.")),
    ("microphone", ("麦克风设备", "Microphone device"),
        ("打不开麦克风。在浏览器中允许使用麦克风，检查设备。", "The microphone cannot be opened. Allow it in the browser, check the device.")),
    ("mic_level", ("麦克风音量", "Microphone level"),
        ("音量不合适。正常说话时应在范围内。", "The level is not right; normal speech should be within the range.")),
    ("mic_clipping", ("破音", "Clipping"),
        ("声音削波。降低增益，离麦克风远一点。", "The sound clips. Lower the gain, move away from the microphone.")),
    ("mic_hum", ("电流声", "Hum"),
        ("有明显的电源嗡声（50/60 Hz）。换插座或线缆，电脑接地。", "There is mains hum (50/60 Hz). Try another socket or cable, ground the computer.")),
    ("browser", ("浏览器与设备", "Browser and device"),
        ("浏览器或设备可能不合适。使用新版 Chrome、Edge 或 Safari，四核以上电脑。", "Browser or device may not suit. Use a current Chrome, Edge or Safari on four cores or more.")),
];

#[cfg(test)]
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    LIST.iter().map(|entry| entry.0)
}

/// The check as a whole: the worst of its findings.
pub fn overall(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Unchecked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_with_words_in_both_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for (code, name, advice) in LIST {
            assert!(seen.insert(code), "`{code}` stands twice");
            assert!(!name.0.is_empty() && !name.1.is_empty(), "`{code}` has no name");
            assert_eq!(advice.0.is_empty(), advice.1.is_empty(), "`{code}`: advice in one language only");
        }
    }

    #[test]
    fn what_was_not_checked_never_passes() {
        let finding = |level| Finding::new("gop", level);
        assert_eq!(overall(&[finding(Level::Pass)]), Level::Pass);
        assert_eq!(overall(&[finding(Level::Pass), finding(Level::Unchecked), finding(Level::Warn)]), Level::Unchecked);
        assert_eq!(overall(&[finding(Level::Fail), finding(Level::Unchecked)]), Level::Fail);
        assert_eq!(overall(&[]), Level::Unchecked);
    }

    #[test]
    fn advice_comes_with_what_did_not_pass() {
        assert_eq!(Finding::new("gop", Level::Pass).advice, Words::default());
        assert!(!Finding::new("gop", Level::Fail).advice.zh.is_empty());
    }
}
