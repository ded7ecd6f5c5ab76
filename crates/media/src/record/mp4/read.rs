//! Reads init segments and fragments of recordings: ours, in whatever form they had when they were recorded.

/// What an init segment says of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub id: u32,
    pub video: bool,
    /// Ticks a second.
    pub clock: u32,
    /// As in `tkhd`: 16.16 fixed.
    pub width: u32,
    pub height: u32,
    /// The whole `stsd` box, which describes the codec.
    pub description: Vec<u8>,
}

/// A frame, and where its bytes are in the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Decoding time in the track's clock.
    pub dts: i64,
    pub duration: u32,
    /// Presentation minus decoding time.
    pub composition: i32,
    pub key: bool,
    pub offset: u64,
    pub size: u32,
}

impl Sample {
    pub fn pts(&self) -> i64 {
        self.dts + i64::from(self.composition)
    }
}

const NOT_SYNC: u32 = 0x0001_0000;

/// The tracks of an init segment.
pub fn tracks(init: &[u8]) -> Option<Vec<Track>> {
    let moov = find(init, b"moov")?.body;
    boxes(moov).filter(|child| &child.name == b"trak").map(|trak| track(trak.body)).collect()
}

fn track(trak: &[u8]) -> Option<Track> {
    let tkhd = find(trak, b"tkhd")?.body;
    let mdia = find(trak, b"mdia")?.body;
    let mdhd = find(mdia, b"mdhd")?.body;
    let hdlr = find(mdia, b"hdlr")?.body;
    let stbl = find(find(mdia, b"minf")?.body, b"stbl")?.body;
    let long = |header: &[u8]| header.first() == Some(&1);
    let (_, size) = tkhd.split_last_chunk::<8>()?;
    Some(Track {
        id: u32_at(tkhd, if long(tkhd) { 20 } else { 12 })?,
        video: hdlr.get(8..12)? == b"vide",
        clock: u32_at(mdhd, if long(mdhd) { 20 } else { 12 })?.max(1),
        width: u32_at(size, 0)?,
        height: u32_at(size, 4)?,
        description: find(stbl, b"stsd")?.whole.to_vec(),
    })
}

/// The samples of a segment (one or more `moof` + `mdat`), per track of `tracks`.
pub fn samples(segment: &[u8], tracks: &[Track]) -> Option<Vec<Vec<Sample>>> {
    let mut all = vec![Vec::new(); tracks.len()];
    for moof in boxes(segment).filter(|child| &child.name == b"moof") {
        for traf in boxes(moof.body).filter(|child| &child.name == b"traf") {
            let id = u32_at(find(traf.body, b"tfhd")?.body, 4)?;
            if let Some(track) = tracks.iter().position(|track| track.id == id) {
                run(traf.body, moof.at, all.get_mut(track)?)?;
            }
        }
    }
    Some(all)
}

/// The defaults of a `tfhd` as far as they stand in it; what our init segments give in `trex` is all zero.
fn run(traf: &[u8], moof_at: u64, out: &mut Vec<Sample>) -> Option<()> {
    let mut tfhd = Fields::full(find(traf, b"tfhd")?.body)?;
    tfhd.u32()?;
    let base = if tfhd.has(0x1) { tfhd.u64()? } else { moof_at };
    tfhd.skip_if(0x2, 4)?;
    let duration = if tfhd.has(0x8) { tfhd.u32()? } else { 0 };
    let size = if tfhd.has(0x10) { tfhd.u32()? } else { 0 };
    let flags = if tfhd.has(0x20) { tfhd.u32()? } else { 0 };
    let mut tfdt = Fields::full(find(traf, b"tfdt")?.body)?;
    let mut dts = if tfdt.version == 1 { tfdt.u64()? as i64 } else { i64::from(tfdt.u32()?) };
    let mut offset = base;
    for trun in boxes(traf).filter(|child| &child.name == b"trun") {
        let mut trun = Fields::full(trun.body)?;
        let count = trun.u32()?;
        if trun.has(0x1) {
            offset = base.checked_add_signed(i64::from(trun.u32()? as i32))?;
        }
        let mut first = if trun.has(0x4) { Some(trun.u32()?) } else { None };
        for _ in 0..count {
            let duration = if trun.has(0x100) { trun.u32()? } else { duration };
            let size = if trun.has(0x200) { trun.u32()? } else { size };
            let own = if trun.has(0x400) { trun.u32()? } else { flags };
            let flags = first.take().unwrap_or(own);
            let composition = if trun.has(0x800) { trun.u32()? as i32 } else { 0 };
            out.push(Sample { dts, duration, composition, key: flags & NOT_SYNC == 0, offset, size });
            dts += i64::from(duration);
            offset += u64::from(size);
        }
    }
    Some(())
}

struct Child<'a> {
    name: [u8; 4],
    /// Where the box begins.
    at: u64,
    body: &'a [u8],
    whole: &'a [u8],
}

/// The boxes that stand side by side in `bytes`, up to the first that is not whole.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = Child<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let name: [u8; 4] = rest.get(4..8)?.try_into().ok()?;
        let (size, head) = match u32_at(rest, 0)? {
            0 => (rest.len(), 8),
            1 => (usize::try_from(u64::from_be_bytes(rest.get(8..16)?.try_into().ok()?)).ok()?, 16),
            size => (size as usize, 8),
        };
        let whole = rest.get(..size)?;
        let child = Child { name, at: at as u64, body: whole.get(head..)?, whole };
        at += size;
        Some(child)
    })
}

fn find<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<Child<'a>> {
    boxes(bytes).find(|child| &child.name == name)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// The fields of a full box, one after another.
struct Fields<'a> {
    version: u8,
    flags: u32,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn full(body: &'a [u8]) -> Option<Self> {
        let head = u32_at(body, 0)?;
        Some(Self { version: (head >> 24) as u8, flags: head & 0xff_ffff, rest: body.get(4..)? })
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn u32(&mut self) -> Option<u32> {
        let (value, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(u32::from_be_bytes(*value))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from(self.u32()?) << 32 | u64::from(self.u32()?))
    }

    fn skip_if(&mut self, flag: u32, bytes: usize) -> Option<()> {
        if self.has(flag) {
            self.rest = self.rest.get(bytes..)?;
        }
        Some(())
    }
}
