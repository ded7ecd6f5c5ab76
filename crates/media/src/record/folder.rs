//! The files of one recording, or of all clips: on this disk, else in the object store.

use super::objects::Objects;
use super::recorder::blocking;
use bytes::Bytes;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone)]
pub struct Folder {
    pub dir: PathBuf,
    /// In the object store.
    pub name: Arc<str>,
    objects: Option<Arc<Objects>>,
}

impl Folder {
    pub fn new(dir: PathBuf, name: String, objects: Option<Arc<Objects>>) -> Self {
        Self { dir, name: name.into(), objects }
    }

    /// A part of a file. `NotFound` when it is neither here nor there.
    pub async fn read(&self, file: &str, range: Range<u64>) -> io::Result<Bytes> {
        let path = self.dir.join(file);
        let local = range.clone();
        let read = blocking(move || {
            Ok(File::open(path).and_then(|file| {
                let mut bytes = vec![0; usize::try_from(local.end - local.start).map_err(io::Error::other)?];
                file.read_exact_at(&mut bytes, local.start)?;
                Ok(Bytes::from(bytes))
            }))
        })
        .await
        .map_err(io::Error::other)?;
        match (read, &self.objects) {
            (Err(error), Some(objects)) if error.kind() == io::ErrorKind::NotFound => {
                objects.read(&self.object(file), range).await
            }
            (read, _) => read,
        }
    }

    /// A small file, whole.
    pub async fn read_whole(&self, file: &str) -> io::Result<Bytes> {
        let path = self.dir.join(file);
        let read = blocking(move || Ok(std::fs::read(path))).await.map_err(io::Error::other)?;
        match (read, &self.objects) {
            (Err(error), Some(objects)) if error.kind() == io::ErrorKind::NotFound => {
                objects.read_whole(&self.object(file)).await
            }
            (read, _) => read.map(Bytes::from),
        }
    }

    /// The store, when the file is not here.
    pub fn elsewhere(&self, file: &str) -> Option<(Arc<Objects>, String)> {
        self.objects.clone().map(|objects| (objects, self.object(file)))
    }

    fn object(&self, file: &str) -> String {
        format!("{}/{file}", self.name)
    }
}
