//! A recording's files: init segments, chunk files of whole segments, and an index with a record per segment.
//!
//! ```text
//! recordings/{broadcast}/index         16 bytes of head, then 64 bytes per segment, appended after the segment's bytes
//!                        init-0.mp4    one per configuration
//!                        chunk-0.m4s   segments one after another, as players get them
//! ```
//! The index is the truth: what has no whole record was never recorded, and a record counts only when its bytes are there.
//! So a torn end, whatever tore it, costs the segments that were being written and nothing else.

use bytes::Bytes;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const HEAD: &[u8; 16] = b"kaibo recording\x01";
const RECORD: usize = 64;
/// Bytes of the last so many segments are compared with their checksum when a recording is opened to go on: what the disk
/// had not synced before a power cut may be missing in any order.
const VERIFIED: usize = 64;

const DISCONTINUITY: u32 = 1;
const INDEPENDENT: u32 = 2;
const GAP: u32 = 4;

/// One recorded segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Number of the init segment's file.
    pub init: u32,
    pub chunk: u32,
    pub offset: u64,
    pub length: u32,
    pub crc: u32,
    /// In ticks of 1/90000 s.
    pub duration: u64,
    /// When its first frame came in, milliseconds since 1970.
    pub arrived: i64,
    /// What comes cannot be decoded as a continuation of the segment before.
    pub discontinuity: bool,
    pub independent: bool,
    /// Segments before this one were not recorded.
    pub gap: bool,
}

impl Entry {
    fn encode(&self) -> [u8; RECORD] {
        let flags = u32::from(self.discontinuity) * DISCONTINUITY
            + u32::from(self.independent) * INDEPENDENT
            + u32::from(self.gap) * GAP;
        let mut bytes = Vec::with_capacity(RECORD);
        for word in [self.init, self.chunk, self.length, self.crc, flags, 0] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&self.offset.to_le_bytes());
        bytes.extend_from_slice(&self.duration.to_le_bytes());
        bytes.extend_from_slice(&self.arrived.to_le_bytes());
        bytes.resize(RECORD - 4, 0);
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        let mut record = [0; RECORD];
        record.copy_from_slice(&bytes);
        record
    }

    fn decode(record: &[u8]) -> Option<Self> {
        let (body, crc) = record.split_last_chunk::<4>()?;
        if record.len() != RECORD || crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        let word = |at: usize| body.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let long = |at: usize| body.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let flags = word(16)?;
        Some(Self {
            init: word(0)?,
            chunk: word(4)?,
            length: word(8)?,
            crc: word(12)?,
            offset: long(24)?,
            duration: long(32)?,
            arrived: long(40)? as i64,
            discontinuity: flags & DISCONTINUITY != 0,
            independent: flags & INDEPENDENT != 0,
            gap: flags & GAP != 0,
        })
    }

    /// Players have to begin anew here.
    pub fn breaks(&self) -> bool {
        self.discontinuity || self.gap
    }

    pub fn duration_ms(&self) -> i64 {
        (self.duration / 90) as i64
    }
}

pub fn init_path(dir: &Path, init: u32) -> PathBuf {
    dir.join(format!("init-{init}.mp4"))
}

pub fn chunk_path(dir: &Path, chunk: u32) -> PathBuf {
    dir.join(format!("chunk-{chunk}.m4s"))
}

/// What the index says, without a torn end. `verify` also reads the last segments.
pub fn load(dir: &Path, verify: bool) -> io::Result<Vec<Entry>> {
    let bytes = match fs::read(dir.join("index")) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let Some(records) = bytes.strip_prefix(HEAD.as_slice()) else {
        let torn = HEAD.starts_with(&bytes);
        return if torn { Ok(Vec::new()) } else { Err(io::Error::other("the index of a recording has another form")) };
    };
    let mut entries: Vec<Entry> = records.chunks_exact(RECORD).map_while(Entry::decode).collect();
    while let Some(last) = entries.last() {
        let length = fs::metadata(chunk_path(dir, last.chunk)).map_or(0, |found| found.len());
        if length >= last.offset + u64::from(last.length) {
            break;
        }
        entries.pop();
    }
    if verify {
        let from = entries.len().saturating_sub(VERIFIED);
        let broken = entries.iter().skip(from).position(|entry| {
            let whole = read(dir, entry).is_ok_and(|bytes| crc32c::crc32c(&bytes) == entry.crc);
            !whole && chunk_path(dir, entry.chunk).exists()
        });
        if let Some(broken) = broken {
            entries.truncate(from + broken);
        }
    }
    Ok(entries)
}

/// The first entry whose chunk is still there: the oldest ones of a long show may have been removed.
pub fn first_kept(dir: &Path, entries: &[Entry]) -> usize {
    let mut removed = None;
    let kept = entries.iter().position(|entry| {
        if removed == Some(entry.chunk) {
            return false;
        }
        let there = chunk_path(dir, entry.chunk).exists();
        removed = (!there).then_some(entry.chunk);
        there
    });
    kept.unwrap_or(entries.len())
}

/// The bytes of a segment.
pub fn read(dir: &Path, entry: &Entry) -> io::Result<Bytes> {
    let mut file = File::open(chunk_path(dir, entry.chunk))?;
    file.seek(SeekFrom::Start(entry.offset))?;
    let mut bytes = vec![0; entry.length as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

/// The open end of a recording.
pub struct Appender {
    dir: PathBuf,
    index: File,
    chunk: Option<Chunk>,
    next_chunk: u32,
    init: Option<(u64, u32, Bytes)>,
    next_init: u32,
    dirty: bool,
}

struct Chunk {
    number: u32,
    file: File,
    length: u64,
    since: i64,
}

/// When a new chunk file begins.
#[derive(Debug, Clone, Copy)]
pub struct Rolls {
    pub bytes: u64,
    pub ms: i64,
}

/// What a segment brings besides its place.
pub struct Piece<'a> {
    pub fragments: &'a [Bytes],
    /// The stream's own number of the init segment, and its bytes.
    pub init: (u64, &'a Bytes),
    pub duration: u64,
    pub arrived: i64,
    pub discontinuity: bool,
    pub independent: bool,
    pub gap: bool,
}

impl Appender {
    /// Opens a recording to go on: a torn end is cut off, and a new chunk begins.
    pub fn open(dir: &Path) -> io::Result<(Self, Vec<Entry>)> {
        private_dir(dir)?;
        let entries = load(dir, true)?;
        if let Some(last) = entries.last() {
            let chunk = OpenOptions::new().write(true).open(chunk_path(dir, last.chunk))?;
            chunk.set_len(last.offset + u64::from(last.length))?;
        }
        let mut index =
            OpenOptions::new().create(true).truncate(false).write(true).read(true).open(dir.join("index"))?;
        let index_length = (HEAD.len() + entries.len() * RECORD) as u64;
        let length = index_length.min(index.metadata()?.len());
        index.set_len(length)?;
        index.seek(SeekFrom::Start(0))?;
        index.write_all(HEAD)?;
        index.seek(SeekFrom::Start(index_length))?;
        let next = |last: Option<u32>| last.map_or(0, |last| last + 1);
        let appender = Self {
            dir: dir.to_path_buf(),
            index,
            chunk: None,
            next_chunk: next(entries.iter().map(|entry| entry.chunk).max()),
            init: last_init(dir, &entries),
            next_init: next(entries.iter().map(|entry| entry.init).max()),
            dirty: true,
        };
        Ok((appender, entries))
    }

    /// Writes a segment and then its record. After an error it is of no use any more: open anew.
    pub fn append(&mut self, piece: &Piece, rolls: Rolls) -> io::Result<Entry> {
        let init = self.init(piece.init.0, piece.init.1)?;
        let full = |chunk: &Chunk| chunk.length >= rolls.bytes || piece.arrived - chunk.since >= rolls.ms;
        if self.chunk.as_ref().is_some_and(full) {
            self.sync()?;
            self.chunk = None;
        }
        let chunk = match &mut self.chunk {
            Some(chunk) => chunk,
            none => none.insert(Chunk {
                number: self.next_chunk,
                file: private(&chunk_path(&self.dir, self.next_chunk))?,
                length: 0,
                since: piece.arrived,
            }),
        };
        self.next_chunk = chunk.number + 1;
        self.dirty = true;
        let mut crc = 0;
        let mut length = 0;
        for fragment in piece.fragments {
            crc = crc32c::crc32c_append(crc, fragment);
            length += fragment.len();
        }
        let entry = Entry {
            init,
            chunk: chunk.number,
            offset: chunk.length,
            length: u32::try_from(length).map_err(io::Error::other)?,
            crc,
            duration: piece.duration,
            arrived: piece.arrived,
            discontinuity: piece.discontinuity,
            independent: piece.independent,
            gap: piece.gap,
        };
        piece.fragments.iter().try_for_each(|fragment| chunk.file.write_all(fragment))?;
        self.index.write_all(&entry.encode())?;
        chunk.length += length as u64;
        Ok(entry)
    }

    /// Everything appended is on disk afterwards: the bytes before the records that speak of them.
    pub fn sync(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        if let Some(chunk) = &self.chunk {
            chunk.file.sync_data()?;
        }
        self.index.sync_data()
    }

    fn init(&mut self, number: u64, data: &Bytes) -> io::Result<u32> {
        if let Some((known, file, bytes)) = &self.init
            && (*known == number || bytes == data)
        {
            return Ok(*file);
        }
        let file = self.next_init;
        let mut out = private(&init_path(&self.dir, file))?;
        out.write_all(data)?;
        out.sync_data()?;
        self.next_init += 1;
        self.init = Some((number, file, data.clone()));
        Ok(file)
    }
}

/// An encoder that comes back as it was needs no init segment of its own.
fn last_init(dir: &Path, entries: &[Entry]) -> Option<(u64, u32, Bytes)> {
    let init = entries.last()?.init;
    Some((u64::MAX, init, fs::read(init_path(dir, init)).ok()?.into()))
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A folder that only its owner reads.
pub fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    const ROLLS: Rolls = Rolls { bytes: 1000, ms: 1 << 40 };

    fn append(appender: &mut Appender, n: u8) -> Entry {
        let fragments = [vec![n; 200].into(), vec![n; 100].into()];
        let init = Bytes::from_static(b"init");
        let piece = Piece {
            fragments: &fragments,
            init: (7, &init),
            duration: 180_000,
            arrived: i64::from(n) * 2000,
            discontinuity: n == 0,
            independent: true,
            gap: false,
        };
        appender.append(&piece, ROLLS).unwrap()
    }

    #[test]
    fn what_was_appended_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, before) = Appender::open(dir.path()).unwrap();
        assert!(before.is_empty());
        let written: Vec<Entry> = (0..9).map(|n| append(&mut appender, n)).collect();
        let loaded = load(dir.path(), true).unwrap();
        assert_eq!(loaded, written);
        assert_eq!(written.iter().map(|entry| entry.chunk).max(), Some(2), "chunks roll");
        assert_eq!(read(dir.path(), &loaded[5]).unwrap(), vec![5; 300]);
    }

    #[test]
    fn a_torn_end_costs_only_itself() {
        for cut in [1, RECORD as u64 - 1, RECORD as u64] {
            let dir = tempfile::tempdir().unwrap();
            let (mut appender, _) = Appender::open(dir.path()).unwrap();
            let written: Vec<Entry> = (0..3).map(|n| append(&mut appender, n)).collect();
            let index = OpenOptions::new().write(true).open(dir.path().join("index")).unwrap();
            index.set_len(index.metadata().unwrap().len() - cut).unwrap();
            let (mut appender, rest) = Appender::open(dir.path()).unwrap();
            assert_eq!(rest, written[..2]);
            let next = append(&mut appender, 9);
            assert_eq!(load(dir.path(), true).unwrap(), [rest, vec![next]].concat());
        }
    }

    #[test]
    fn records_without_their_bytes_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = Appender::open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..3).map(|n| append(&mut appender, n)).collect();
        let chunk = OpenOptions::new().write(true).open(chunk_path(dir.path(), 0)).unwrap();
        chunk.set_len(700).unwrap();
        assert_eq!(load(dir.path(), false).unwrap(), written[..2]);
        // The length is right again, the bytes are not.
        chunk.set_len(900).unwrap();
        assert_eq!(load(dir.path(), true).unwrap(), written[..2]);
    }

    #[test]
    fn removed_chunks_leave_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = Appender::open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..9).map(|n| append(&mut appender, n)).collect();
        assert_eq!(first_kept(dir.path(), &written), 0);
        fs::remove_file(chunk_path(dir.path(), 0)).unwrap();
        assert_eq!(first_kept(dir.path(), &written), 4);
        assert_eq!(load(dir.path(), true).unwrap(), written);
    }
}
