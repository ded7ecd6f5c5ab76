//! The open end of a recording: segments are appended to chunk files, and then to the index.
//!
//! A file's name is synced when the file is made, its bytes once a second and when it is complete.

use super::index::{self, Entry, HEAD, INDEX, Stored, chunk_path, index_bytes, init_path, load, private_dir};
use bytes::Bytes;
use eventlog::files::{Access, File, Files};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct Appender {
    files: Arc<dyn Files>,
    dir: PathBuf,
    index: Box<dyn File>,
    index_length: u64,
    chunk: Option<Chunk>,
    next_chunk: u32,
    init: Option<(u64, u32, Bytes)>,
    next_init: u32,
    dirty: bool,
}

struct Chunk {
    number: u32,
    file: Box<dyn File>,
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
    /// Opens a recording to go on: a torn end is cut off, and a new chunk begins. An index that cannot be read is set aside.
    pub fn open(files: Arc<dyn Files>, dir: &Path, stored: &Stored) -> io::Result<(Self, Vec<Entry>)> {
        private_dir(dir)?;
        let entries = match load(&*files, dir, stored, true) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let aside = format!("{INDEX}.bad-{}", events::Millis::now().0);
                tracing::error!("the index in `{}` is set aside as `{aside}`: {error}", dir.display());
                files.rename(&dir.join(INDEX), &dir.join(aside))?;
                Vec::new()
            }
            entries => entries?,
        };
        let (index, known) = match files.open(&dir.join(INDEX), Access::Write) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (files.create(&dir.join(INDEX), Access::Write)?, 0)
            }
            index => index.and_then(|index| index.len().map(|length| (index, length)))?,
        };
        index.write_at(HEAD, 0)?;
        let index_length = index_bytes(entries.len());
        // Records that do not count must not come to count again behind new ones: no record is all zero.
        if known > index_length {
            let torn = usize::try_from(known - index_length).map_err(io::Error::other)?;
            index.write_at(&vec![0; torn], index_length)?;
        }
        index.sync()?;
        files.sync_dir(dir)?;
        // Whatever happened to the index, a name that was given once is never given again.
        let names = files.list(dir)?;
        let names = || names.iter().filter_map(|name| name.to_str());
        let numbered =
            |kind: &'static str| names().filter(move |name| name.starts_with(kind)).filter_map(index::number_of);
        let next = |known: Option<u32>| known.map_or(0, |last| last + 1);
        let chunks = entries.iter().map(|entry| entry.chunk).chain(stored.iter().copied()).chain(numbered("chunk-"));
        let inits = entries.iter().map(|entry| entry.init).chain(numbered("init-"));
        let appender = Self {
            index,
            index_length,
            chunk: None,
            next_chunk: next(chunks.max()),
            init: last_init(&*files, dir, &entries),
            next_init: next(inits.max()),
            dirty: false,
            dir: dir.to_path_buf(),
            files,
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
            none => {
                let file = self.files.create(&chunk_path(&self.dir, self.next_chunk), Access::Write)?;
                self.files.sync_dir(&self.dir)?;
                none.insert(Chunk { number: self.next_chunk, file, length: 0, since: piece.arrived })
            }
        };
        self.next_chunk = chunk.number + 1;
        self.dirty = true;
        let mut crc = 0;
        let mut length = 0;
        for fragment in piece.fragments {
            chunk.file.write_at(fragment, chunk.length + length)?;
            crc = crc32c::crc32c_append(crc, fragment);
            length += fragment.len() as u64;
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
        let record = entry.encode();
        self.index.write_at(&record, self.index_length)?;
        self.index_length += record.len() as u64;
        chunk.length += length;
        Ok(entry)
    }

    /// Everything appended is on disk afterwards: the bytes before the records that speak of them.
    pub fn sync(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        if let Some(chunk) = &self.chunk {
            chunk.file.sync()?;
        }
        self.index.sync()
    }

    fn init(&mut self, number: u64, data: &Bytes) -> io::Result<u32> {
        if let Some((known, file, bytes)) = &self.init
            && (*known == number || bytes == data)
        {
            return Ok(*file);
        }
        let file = self.next_init;
        let out = self.files.create(&init_path(&self.dir, file), Access::Write)?;
        out.write_at(data, 0)?;
        out.sync()?;
        self.files.sync_dir(&self.dir)?;
        self.next_init += 1;
        self.init = Some((number, file, data.clone()));
        Ok(file)
    }
}

/// An encoder that comes back as it was needs no init segment of its own.
fn last_init(files: &dyn Files, dir: &Path, entries: &[Entry]) -> Option<(u64, u32, Bytes)> {
    let init = entries.last()?.init;
    Some((u64::MAX, init, index::read_file(files, &init_path(dir, init)).ok()?.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use crate::record::index::{RECORD, first_kept, read};
    use eventlog::files::{HeldBackFiles, RealFiles};
    use std::fs::{self, OpenOptions};

    const ROLLS: Rolls = Rolls { bytes: 1000, ms: 1 << 40 };

    fn open(dir: &Path) -> io::Result<(Appender, Vec<Entry>)> {
        Appender::open(Arc::new(RealFiles), dir, &Stored::new())
    }

    fn loaded(dir: &Path, verify: bool) -> io::Result<Vec<Entry>> {
        load(&RealFiles, dir, &Stored::new(), verify)
    }

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
        let (mut appender, before) = open(dir.path()).unwrap();
        assert!(before.is_empty());
        let written: Vec<Entry> = (0..9).map(|n| append(&mut appender, n)).collect();
        let found = loaded(dir.path(), true).unwrap();
        assert_eq!(found, written);
        assert_eq!(written.iter().map(|entry| entry.chunk).max(), Some(2), "chunks roll");
        assert_eq!(read(&RealFiles, dir.path(), &found[5]).unwrap(), vec![5; 300]);
    }

    #[test]
    fn a_torn_end_costs_only_itself() {
        for cut in [1, RECORD as u64 - 1, RECORD as u64] {
            let dir = tempfile::tempdir().unwrap();
            let (mut appender, _) = open(dir.path()).unwrap();
            let written: Vec<Entry> = (0..3).map(|n| append(&mut appender, n)).collect();
            let index = OpenOptions::new().write(true).open(dir.path().join("index")).unwrap();
            index.set_len(index.metadata().unwrap().len() - cut).unwrap();
            let (mut appender, rest) = open(dir.path()).unwrap();
            assert_eq!(rest, written[..2]);
            let next = append(&mut appender, 9);
            assert_eq!(loaded(dir.path(), true).unwrap(), [rest, vec![next]].concat());
        }
    }

    #[test]
    fn records_without_their_bytes_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..3).map(|n| append(&mut appender, n)).collect();
        let chunk = OpenOptions::new().write(true).open(chunk_path(dir.path(), 0)).unwrap();
        chunk.set_len(700).unwrap();
        assert_eq!(loaded(dir.path(), false).unwrap(), written[..2]);
        // The length is right again, the bytes are not.
        chunk.set_len(900).unwrap();
        assert_eq!(loaded(dir.path(), true).unwrap(), written[..2]);
    }

    #[test]
    fn removed_chunks_leave_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..9).map(|n| append(&mut appender, n)).collect();
        assert_eq!(first_kept(dir.path(), &written, &Stored::new()), 0);
        fs::remove_file(chunk_path(dir.path(), 0)).unwrap();
        assert_eq!(first_kept(dir.path(), &written, &Stored::new()), 4);
        assert_eq!(loaded(dir.path(), true).unwrap(), written);
    }

    #[test]
    fn what_is_in_the_object_store_needs_no_file_here() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..9).map(|n| append(&mut appender, n)).collect();
        drop(appender);
        (0..3).for_each(|chunk| fs::remove_file(chunk_path(dir.path(), chunk)).unwrap());
        let stored: Stored = [0, 1, 2].into();
        assert_eq!(load(&RealFiles, dir.path(), &stored, true).unwrap(), written);
        assert_eq!(first_kept(dir.path(), &written, &stored), 0);
        let (mut appender, rest) = Appender::open(Arc::new(RealFiles), dir.path(), &stored).unwrap();
        assert_eq!(rest, written);
        assert_eq!(append(&mut appender, 9).chunk, 3, "a new name");
    }

    #[test]
    fn an_unreadable_index_is_set_aside_and_its_names_stay_taken() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = open(dir.path()).unwrap();
        for n in 0..5 {
            append(&mut appender, n);
        }
        fs::write(dir.path().join(INDEX), "something else entirely, and longer than a head").unwrap();
        assert_eq!(loaded(dir.path(), true).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let (mut appender, before) = open(dir.path()).unwrap();
        assert!(before.is_empty());
        let next = append(&mut appender, 9);
        assert_eq!((next.chunk, next.init), (2, 1));
        assert_eq!(loaded(dir.path(), true).unwrap(), [next]);
        let aside = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with("index.bad-");
        assert!(fs::read_dir(dir.path()).unwrap().any(|entry| aside(entry.unwrap())));
    }

    #[test]
    fn records_that_were_cut_off_do_not_come_back_behind_new_ones() {
        let dir = tempfile::tempdir().unwrap();
        let (mut appender, _) = open(dir.path()).unwrap();
        let written: Vec<Entry> = (0..6).map(|n| append(&mut appender, n)).collect();
        // The bytes of the third segment never reached the disk; those of the sixth did.
        let chunk = chunk_path(dir.path(), 0);
        let mut bytes = fs::read(&chunk).unwrap();
        bytes[650] ^= 1;
        fs::write(&chunk, bytes).unwrap();
        let (mut appender, rest) = open(dir.path()).unwrap();
        assert_eq!(rest, written[..2]);
        let next = append(&mut appender, 9);
        assert_eq!(loaded(dir.path(), true).unwrap(), [rest, vec![next]].concat());
    }

    #[test]
    fn what_was_synced_is_there_after_a_power_cut_names_and_all() {
        let dir = tempfile::tempdir().unwrap();
        let held: Arc<dyn Files> = Arc::new(HeldBackFiles::new());
        let (mut appender, _) = Appender::open(held.clone(), dir.path(), &Stored::new()).unwrap();
        let written: Vec<Entry> = (0..6).map(|n| append(&mut appender, n)).collect();
        appender.sync().unwrap();
        append(&mut appender, 6);
        // The power is cut: what was only in this layer is gone.
        drop((appender, held));
        let (_, kept) = Appender::open(Arc::new(HeldBackFiles::new()), dir.path(), &Stored::new()).unwrap();
        assert_eq!(kept, written);
        assert_eq!(fs::read(init_path(dir.path(), 0)).unwrap(), b"init");
    }
}
