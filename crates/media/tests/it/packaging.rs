//! From tags to segments, read back by somebody else's parser.

use crate::show::{self, Tag};
use bytes::Bytes;
use events::{BroadcastId, Millis};
use media::clock::Clock;
use media::flv;
use media::hls::{HlsStream, Retention};
use media::packager::{Cuts, Fragment, Output, Packager};
use mp4_atom::{Any, Buf, Codec, Decode, Moof, Moov};

pub const CUTS: Cuts = Cuts { target_ms: 2_000, longest_ms: 4_000, most_bytes: 16 << 20, part: 0 };

#[derive(Default)]
pub struct Made {
    pub inits: Vec<Bytes>,
    pub fragments: Vec<Fragment>,
    /// `i` and `f` in their order.
    pub order: String,
}

fn package(tags: &[Tag]) -> Made {
    package_with(CUTS, tags)
}

pub fn package_with(cuts: Cuts, tags: &[Tag]) -> Made {
    let (mut packager, mut clock) = (Packager::new(cuts), Clock::default());
    let mut out = Vec::new();
    for (n, tag) in tags.iter().enumerate() {
        push(&mut packager, &mut clock, tag, Millis(n as i64), &mut out);
    }
    packager.finish(&mut out);
    let mut made = Made::default();
    for output in out {
        match output {
            Output::Init { data, .. } => {
                made.inits.push(data);
                made.order.push('i');
            }
            Output::Fragment(fragment) => {
                made.fragments.push(fragment);
                made.order.push('f');
            }
        }
    }
    made
}

pub fn push(packager: &mut Packager, clock: &mut Clock, tag: &Tag, arrived: Millis, out: &mut Vec<Output>) {
    let parsed = if tag.video { flv::video(tag.payload.clone()) } else { flv::audio(tag.payload.clone()) };
    let parsed = parsed.unwrap();
    let is_frame = matches!(parsed, flv::Tag::Video { .. } | flv::Tag::Audio { .. });
    let at_ms = if is_frame { clock.read(tag.video, tag.timestamp) } else { 0 };
    packager.push(parsed, at_ms, arrived, out);
}

fn atoms(bytes: &Bytes) -> Vec<Any> {
    let mut rest = &bytes[..];
    let mut atoms = Vec::new();
    while rest.has_remaining() {
        atoms.push(Any::decode(&mut rest).unwrap());
    }
    atoms
}

fn moov(bytes: &Bytes) -> Moov {
    atoms(bytes).into_iter().find_map(|atom| if let Any::Moov(moov) = atom { Some(moov) } else { None }).unwrap()
}

fn moof(bytes: &Bytes) -> Moof {
    atoms(bytes).into_iter().find_map(|atom| if let Any::Moof(moof) = atom { Some(moof) } else { None }).unwrap()
}

/// Per fragment and track: (first decoding time, number of samples, sum of durations).
pub fn runs(fragment: &Fragment, track: u32) -> Option<(u64, usize, u64)> {
    let moof = moof(&fragment.data);
    let traf = moof.traf.iter().find(|traf| traf.tfhd.track_id == track)?;
    let durations: u64 = traf.trun[0].samples.iter().map(|sample| u64::from(sample.duration.unwrap())).sum();
    Some((traf.tfdt.as_ref().unwrap().base_media_decode_time, traf.trun[0].samples.len(), durations))
}

/// When each sample of a track begins and ends, in the track's clock.
pub fn timeline(media: &Bytes, track: u32) -> Vec<(u64, u64)> {
    let mut times = Vec::new();
    for atom in atoms(media) {
        let Any::Moof(moof) = atom else { continue };
        for traf in moof.traf.iter().filter(|traf| traf.tfhd.track_id == track) {
            let mut at = traf.tfdt.as_ref().unwrap().base_media_decode_time;
            for sample in traf.trun.iter().flat_map(|trun| &trun.samples) {
                let end = at + u64::from(sample.duration.unwrap());
                times.push((at, end));
                at = end;
            }
        }
    }
    times
}

#[test]
fn the_init_segment_describes_both_tracks() {
    let made = package(&show::tags(0, 3_000, 25));
    let moov = moov(&made.inits[0]);
    let Codec::Avc1(avc1) = &moov.trak[0].mdia.minf.stbl.stsd.codecs[0] else { panic!("video is avc1") };
    assert_eq!((avc1.visual.width, avc1.visual.height), (640, 360));
    let Codec::Mp4a(mp4a) = &moov.trak[1].mdia.minf.stbl.stsd.codecs[0] else { panic!("audio is mp4a") };
    assert_eq!(mp4a.esds.es_desc.dec_config.object_type_indication, 0x40);
    assert_eq!(moov.trak[1].mdia.mdhd.timescale, 44_100);
}

#[test]
fn every_frame_is_there_once_and_tracks_continue_without_gaps() {
    let made = package(&show::tags(0, 10_000, 50));
    assert_eq!(made.order, "ifffff");
    for track in [1, 2] {
        let runs: Vec<_> = made.fragments.iter().map(|fragment| runs(fragment, track).unwrap()).collect();
        for pair in runs.windows(2) {
            assert_eq!(pair[0].0 + pair[0].2, pair[1].0, "track {track} goes on where it stopped");
        }
        let samples: usize = runs.iter().map(|run| run.1).sum();
        assert_eq!(samples, if track == 1 { 250 } else { 430 });
    }
    let exact: u64 = made.fragments.iter().map(|fragment| fragment.duration).sum();
    assert_eq!(exact, 10 * 90_000);
    assert!(made.fragments.iter().all(|fragment| fragment.independent));
}

#[test]
fn who_is_told_where_segments_begin_cuts_there_and_nowhere_else() {
    let (mut packager, mut clock, mut out) = (Packager::told(CUTS), Clock::default(), Vec::new());
    let tags = show::tags(0, 10_000, 25);
    let begin = |tag: &Tag| clock.read(tag.video, tag.timestamp);
    let first = tags.iter().filter(|tag| tag.video && tag.payload[1] == 1).map(begin).next().unwrap();
    // Too soon for its own rules, and then longer than they like.
    [1_000, 1_700, 8_990].into_iter().for_each(|ms| packager.begin_segment(first + ms));
    let mut clock = Clock::default();
    tags.iter().for_each(|tag| push(&mut packager, &mut clock, tag, Millis(0), &mut out));
    packager.finish(&mut out);
    let length_ms = |output: &Output| match output {
        Output::Fragment(fragment) => fragment.duration / 90,
        Output::Init { .. } => 0,
    };
    // Pictures come every 40 ms.
    assert_eq!(out.iter().map(length_ms).collect::<Vec<_>>(), [0, 1_000, 720, 7_280, 1_000]);
}

#[test]
fn data_offsets_lead_to_the_samples() {
    let made = package(&show::tags(0, 4_000, 50));
    let fragment = &made.fragments[0];
    for (track, first) in [(1, &[0, 0, 1, 0x90][..]), (2, &[0; 4][..])] {
        let moof = moof(&fragment.data);
        let traf = moof.traf.iter().find(|traf| traf.tfhd.track_id == track).unwrap();
        let offset = traf.trun[0].data_offset.unwrap() as usize;
        assert_eq!(&fragment.data[offset..offset + 4], first);
    }
}

#[test]
fn b_frames_keep_their_composition_times() {
    let made = package(&show::tags(0, 3_000, 25));
    let moof = moof(&made.fragments[0].data);
    let times: Vec<i64> = moof.traf[0].trun[0].samples.iter().take(4).map(|sample| sample.cts.unwrap()).collect();
    assert_eq!(times, [120 * 90, 0, 0, 120 * 90]);
}

#[test]
fn timestamps_may_wrap() {
    let start = u32::MAX - 3_000;
    let made = package(&show::tags(start, 8_000, 50));
    assert_eq!(made.order, "iffff");
    let runs: Vec<_> = made.fragments.iter().map(|fragment| runs(fragment, 1).unwrap()).collect();
    assert_eq!(runs[3].0 - runs[0].0, 6 * 90_000);
}

#[test]
fn one_track_is_enough() {
    let all = show::tags(0, 6_000, 50);
    let video: Vec<Tag> = all.iter().filter(|tag| tag.video).cloned().collect();
    let made = package(&video);
    assert_eq!((made.order.as_str(), moov(&made.inits[0]).trak.len()), ("ifff", 1));
    let audio: Vec<Tag> = all.iter().filter(|tag| !tag.video).cloned().collect();
    let made = package(&audio);
    assert_eq!((made.order.as_str(), moov(&made.inits[0]).trak.len()), ("ifff", 1));
    let samples: usize = made.fragments.iter().map(|fragment| runs(fragment, 2).unwrap().1).sum();
    assert_eq!(samples, 258);
}

#[test]
fn a_gap_in_the_sound_stays_a_gap() {
    let tags: Vec<Tag> = show::tags(0, 6_000, 50)
        .into_iter()
        .filter(|tag| tag.video || !(2_500..2_900).contains(&tag.timestamp))
        .collect();
    let made = package(&tags);
    let last = runs(&made.fragments[2], 2).unwrap();
    let start = runs(&made.fragments[0], 2).unwrap().0;
    let heard_ms = (last.0 - start) * 1000 / 44_100;
    assert!((3_990..=4_030).contains(&heard_ms), "sound after the gap is where it belongs: {heard_ms}");
}

/// The same without sound before that time.
fn sounding_from(ms: u32, tags: Vec<Tag>) -> Vec<Tag> {
    let is_config = |tag: &Tag| tag.payload[1] == 0;
    tags.into_iter().filter(|tag| tag.video || is_config(tag) || tag.timestamp >= ms).collect()
}

/// How many samples the sound begins after its picture, and how many milliseconds after the picture's begin it ends.
fn sound_of(fragment: &Fragment) -> (i64, u64) {
    let (picture, sound) = (runs(fragment, 1).unwrap(), runs(fragment, 2).unwrap());
    let late = sound.0 as i64 - picture.0 as i64 * 44_100 / 90_000;
    (late, (sound.0 + sound.2) * 1000 / 44_100 - picture.0 / 90)
}

#[test]
fn sound_that_comes_behind_its_picture_begins_with_it() {
    let made = package(&sounding_from(120, show::tags(0, 6_000, 50)));
    let (late, ends_ms) = sound_of(&made.fragments[0]);
    assert_eq!(late, 0, "without a hole before it");
    assert!((1_990..=2_050).contains(&ends_ms), "and what follows is where it belongs: {ends_ms}");
}

#[test]
fn silence_stands_before_the_first_sound_after_a_switch() {
    let (mut packager, mut clock, mut out) = (Packager::new(CUTS), Clock::default(), Vec::new());
    for tag in show::tags(0, 4_000, 50) {
        push(&mut packager, &mut clock, &tag, Millis(0), &mut out);
    }
    packager.interrupt(&mut out);
    let before = out.len();
    for tag in sounding_from(5_700, show::tags(5_000, 4_000, 50)) {
        push(&mut packager, &mut clock, &tag, Millis(0), &mut out);
    }
    packager.finish(&mut out);
    let [Output::Init { .. }, Output::Fragment(first), ..] = &out[before..] else { panic!("it begins anew") };
    let (late, ends_ms) = sound_of(first);
    assert_eq!(late, 0, "a hole before the sound");
    assert!((1_970..=2_050).contains(&ends_ms), "what follows is where it belongs: {ends_ms}");
}

#[test]
fn a_jump_of_the_clock_does_not_show() {
    let mut tags = show::tags(0, 4_000, 50);
    tags.extend(show::tags(3_600_000, 4_000, 50));
    tags.extend(show::tags(5, 4_000, 50));
    let made = package(&tags);
    assert_eq!(made.order, "iffffff");
    for track in [1, 2] {
        let runs: Vec<_> = made.fragments.iter().map(|fragment| runs(fragment, track).unwrap()).collect();
        for pair in runs.windows(2) {
            assert_eq!(pair[0].0 + pair[0].2, pair[1].0, "track {track} goes on where it stopped");
        }
    }
    assert!(made.fragments.iter().all(|fragment| fragment.duration == 180_000));
}

#[test]
fn a_new_configuration_begins_anew() {
    let mut tags = show::tags(0, 4_000, 50);
    let mut record = show::AVC_RECORD.to_vec();
    record[3] = 0x1f;
    let config = [&[0x17, 0, 0, 0, 0], &record[..]].concat();
    tags.push(Tag { video: true, timestamp: 4_000, payload: config.into() });
    tags.extend(show::tags(4_000, 4_000, 50).into_iter().skip(2));
    let made = package(&tags);
    assert_eq!(made.order, "iffiff");
    assert_ne!(made.inits[0], made.inits[1]);
}

#[test]
fn the_same_configuration_again_changes_nothing() {
    let mut tags = show::tags(0, 4_000, 50);
    tags.extend([show::video_config(), show::audio_config()]);
    tags.extend(show::tags(4_000, 4_000, 50).into_iter().skip(2));
    assert_eq!(package(&tags).order, "iffff");
}

#[test]
fn a_stream_without_key_frames_is_cut_all_the_same() {
    let made = package(&show::tags(0, 30_000, 10_000));
    assert_eq!(made.order, "iffffffff");
    let independent: Vec<_> = made.fragments.iter().map(|fragment| fragment.independent).collect();
    assert_eq!(independent, [true, false, false, false, false, false, false, false]);
    assert!(made.fragments.iter().all(|fragment| fragment.duration <= 4 * 90_000));
}

#[test]
fn after_a_cut_without_a_key_frame_the_next_one_cuts() {
    // A key frame every 5 s.
    let made = package(&show::tags(0, 15_000, 125));
    let segments: Vec<_> =
        made.fragments.iter().map(|fragment| (fragment.duration / 90_000, fragment.independent)).collect();
    assert_eq!(segments, [(4, true), (1, false), (4, true), (1, false), (4, true), (1, false)]);
}

#[test]
fn tiny_frames_cost_more_than_their_bytes() {
    // Fifty thousand sounds and pictures of a byte, all at once.
    let tiny = |n: u32| Tag {
        video: n % 2 == 1,
        timestamp: 0,
        payload: Bytes::from_static(if n % 2 == 1 { &[0x27, 1, 0, 0, 0, 9] } else { &[0xaf, 1, 9] }),
    };
    let mut tags = vec![show::video_config(), show::audio_config()];
    tags.extend((0..50_000).map(tiny));
    tags.push(show::picture(0, true, 0));
    tags.extend((0..50_000).map(tiny));
    let made = package(&tags);
    let most = made.fragments.iter().map(|fragment| fragment.pictures).max().unwrap();
    assert!(made.fragments.len() >= 4 && most <= 8_192, "{} parts of at most {most} pictures", made.fragments.len());
}

const RETENTION: Retention = Retention { listed: 4, segments: 6, bytes: 1 << 20, target_s: 2, part: 0 };

fn fragment(bytes: usize, arrived: i64) -> Fragment {
    Fragment {
        data: vec![0; bytes].into(),
        duration: 180_001,
        shown: 0,
        pictures: 50,
        independent: true,
        arrived: Millis(arrived),
        ends_segment: true,
    }
}

#[test]
fn the_playlist_is_what_players_expect() {
    let broadcast: BroadcastId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let stream = HlsStream::new(broadcast, Millis(0), Millis(0), false, RETENTION);
    assert!(stream.playlist().is_none());
    stream.init(Bytes::from_static(b"one"));
    stream.push(fragment(10, 1_000));
    stream.init(Bytes::from_static(b"two"));
    stream.push(fragment(10, 3_000));
    stream.end();
    let expected = "#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI=\"seg/01890a5d-ac96-774b-bcce-b302099a8057/init-0.mp4?token=T\"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:01.000Z
#EXTINF:2.000011,
seg/01890a5d-ac96-774b-bcce-b302099a8057/0.m4s?token=T
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI=\"seg/01890a5d-ac96-774b-bcce-b302099a8057/init-1.mp4?token=T\"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:03.000Z
#EXTINF:2.000011,
seg/01890a5d-ac96-774b-bcce-b302099a8057/1.m4s?token=T
#EXT-X-ENDLIST
";
    assert_eq!(stream.playlist().unwrap().with_token("T"), expected);
}

#[test]
fn the_ring_is_bounded_and_numbers_only_grow() {
    let stream = HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, RETENTION);
    let mut last = (0, 0);
    for n in 0..200u32 {
        if n.is_multiple_of(3) {
            stream.init(Bytes::from_static(b"init"));
        }
        stream.push(fragment(if n < 100 { 10 } else { 300 << 10 }, 0));
        assert!(stream.bytes() <= RETENTION.bytes);
        let playlist = crate::http_support::parse(&stream.playlist().unwrap().with_token("T"));
        assert!(playlist.segments.len() <= RETENTION.listed);
        let now = (playlist.media_sequence, playlist.discontinuity_sequence);
        assert!(now >= last && now.1 >= last.1);
        last = now;
        let first: u64 = playlist.media_sequence;
        assert!(stream.segment(first).is_some() && stream.init_segment(stream.segment(first).unwrap().init).is_some());
        assert!(stream.segment(u64::from(n) + 1).is_none());
    }
    // Three of the big ones fit.
    assert_eq!(last.0, 197);
    // 67 segments begin with an init segment; the very first is no discontinuity, and 198 still stands in the list.
    assert_eq!(last.1, 65);
}

#[test]
fn after_a_restart_numbers_go_on_growing() {
    let started = Millis(1_000_000);
    let before = HlsStream::new(BroadcastId::new(), started, started, false, RETENTION);
    before.init(Bytes::from_static(b"init"));
    for n in 0..30 {
        before.push(fragment(10, n));
    }
    let last = crate::http_support::parse(&before.playlist().unwrap().with_token("T"));
    let after = HlsStream::new(before.broadcast, started, started.plus_ms(61_000), true, RETENTION);
    after.init(Bytes::from_static(b"init"));
    after.push(fragment(10, 61_000));
    let first = crate::http_support::parse(&after.playlist().unwrap().with_token("T"));
    assert!(first.media_sequence > last.media_sequence + last.segments.len() as u64);
    assert!(first.discontinuity_sequence > last.discontinuity_sequence);
    assert!(first.segments[0].discontinuity);
}

#[test]
fn a_publisher_faster_than_time_is_noticed() {
    let stream = HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, RETENTION);
    stream.init(Bytes::from_static(b"init"));
    for _ in 0..41 {
        stream.push(fragment(10, 0));
    }
    assert!(stream.ahead(Millis(0)));
    assert!(!stream.ahead(Millis(500)));
}
