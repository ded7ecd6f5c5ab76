//! Where a backup stands: a folder, or a prefix in a bucket.

use super::manifest::{Entry, Manifest};
use crate::config::Config;
use anyhow::{Context, bail, ensure};
use media::record::Address;
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, path::Path as Key};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

const MANIFEST: &str = "manifest.json";
/// Stands there from the first file to the manifest.
const UNFINISHED: &str = "unfinished";
/// Read, hashed and sent at once.
const PART: usize = 8 << 20;

pub enum Place {
    Folder(PathBuf),
    Bucket { store: Arc<dyn ObjectStore>, prefix: String },
}

impl Place {
    /// `s3://bucket/prefix` with the keys and endpoint of the section `[record]`, or a folder.
    pub fn new(named: &str, config: &Config) -> anyhow::Result<Self> {
        if !named.starts_with("s3://") {
            return Ok(Self::Folder(named.strip_prefix("file://").unwrap_or(named).into()));
        }
        match Address::try_from(named.to_owned()) {
            Ok(Address::S3 { bucket, prefix }) => {
                Ok(Self::Bucket { store: media::record::bucket(&config.record, &bucket)?, prefix })
            }
            _ => bail!("`{named}` is no place for a backup: write a folder, or `s3://bucket/prefix`"),
        }
    }

    /// Makes the place ready for a new backup: empty, or with what an unfinished one left, which goes.
    pub async fn begin(&self) -> anyhow::Result<()> {
        let there = self.list().await?;
        ensure!(!there.iter().any(|name| name == MANIFEST), "there is a backup already; name a new place for each");
        let unfinished = there.iter().any(|name| name == UNFINISHED);
        ensure!(there.is_empty() || unfinished, "something else is there; a backup wants a place of its own");
        match self {
            Self::Folder(folder) => {
                private_dir(folder).with_context(|| format!("making the folder `{}`", folder.display()))?;
                // The mark goes last: a kill in between leaves a place that is still known for what it is.
                for entry in fs::read_dir(folder)? {
                    let entry = entry?;
                    if entry.file_name() == UNFINISHED {
                        continue;
                    }
                    let remove = if entry.file_type()?.is_dir() { fs::remove_dir_all } else { fs::remove_file };
                    remove(entry.path())?;
                }
                private_file(&folder.join(UNFINISHED))?.sync_all()?;
                sync_dir(folder)?;
            }
            Self::Bucket { store, .. } => {
                for name in there.iter().filter(|name| *name != UNFINISHED) {
                    store.delete(&self.key(name)?).await?;
                }
                store.put(&self.key(UNFINISHED)?, PutPayload::new()).await?;
            }
        }
        Ok(())
    }

    /// Where a file may be made that is part of the backup: in its place, or in a temporary folder, gone with what is returned.
    pub fn draft(&self, name: &str) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
        Ok(match self {
            Self::Folder(folder) => (folder.join(name), None),
            Self::Bucket { .. } => {
                let dir = tempfile::tempdir().context("making a temporary folder")?;
                (dir.path().join(name), Some(dir))
            }
        })
    }

    /// Takes the first `bytes` of the file at `from`, or all of it as it is now. On disk when this returns.
    pub async fn put(&self, name: &str, from: &Path, bytes: Option<u64>) -> anyhow::Result<Entry> {
        let file = File::open(from).with_context(|| format!("opening `{}`", from.display()))?;
        let bytes = bytes.map_or_else(|| file.metadata().map(|it| it.len()), Ok)?;
        let whole = Source { file, left: bytes, hash: Sha256::new() };
        let hash = match self {
            Self::Folder(folder) => {
                let to = folder.join(name);
                let same = to == from;
                tokio::task::spawn_blocking(move || copy(whole, (!same).then_some(&*to))).await?
            }
            Self::Bucket { store, .. } => upload(store.as_ref(), &self.key(name)?, whole).await,
        };
        let sha256 = hash.with_context(|| format!("copying `{}`", from.display()))?;
        Ok(Entry { name: name.to_owned(), bytes, sha256 })
    }

    /// Says that the backup is whole.
    pub async fn finish(&self, manifest: &Manifest) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec_pretty(manifest)?;
        match self {
            Self::Folder(folder) => {
                let draft = folder.join("manifest.json.new");
                let mut file = private_file(&draft)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                fs::rename(&draft, folder.join(MANIFEST))?;
                sync_dir(folder)?;
                fs::remove_file(folder.join(UNFINISHED))?;
            }
            Self::Bucket { store, .. } => {
                store.put(&self.key(MANIFEST)?, bytes.into()).await?;
                store.delete(&self.key(UNFINISHED)?).await?;
            }
        }
        Ok(())
    }

    pub async fn manifest(&self) -> anyhow::Result<Manifest> {
        let bytes = match self {
            Self::Folder(folder) => match fs::read(folder.join(MANIFEST)) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                read => Some(read.context("reading the manifest")?),
            },
            Self::Bucket { store, .. } => match store.get(&self.key(MANIFEST)?).await {
                Err(Error::NotFound { .. }) => None,
                got => Some(got.context("reading the manifest")?.bytes().await?.to_vec()),
            },
        };
        match bytes {
            Some(bytes) => Manifest::parse(&bytes),
            None => bail!("there is no whole backup: it has no `{MANIFEST}`"),
        }
    }

    /// Brings a file back to `to`, or only reads it; refuses one that is not what was written. On disk when this returns.
    pub async fn get(&self, entry: &Entry, to: Option<&Path>) -> anyhow::Result<()> {
        let (hash, bytes) = match self {
            Self::Folder(folder) => {
                let from = folder.join(&entry.name);
                let to = to.map(Path::to_owned);
                let copied = move || {
                    let file = File::open(&from)?;
                    let bytes = file.metadata()?.len();
                    let hash = copy(Source { file, left: bytes, hash: Sha256::new() }, to.as_deref())?;
                    anyhow::Ok((hash, bytes))
                };
                tokio::task::spawn_blocking(copied).await?
            }
            Self::Bucket { store, .. } => download(store.as_ref(), &self.key(&entry.name)?, to).await,
        }
        .with_context(|| format!("reading `{}` of the backup", entry.name))?;
        ensure!(bytes == entry.bytes, "`{}` has {bytes} bytes, and {} were written", entry.name, entry.bytes);
        ensure!(hash == entry.sha256, "`{}` is not what was written", entry.name);
        Ok(())
    }

    async fn list(&self) -> anyhow::Result<Vec<String>> {
        match self {
            Self::Folder(folder) => match fs::read_dir(folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
                entries => {
                    let entries = entries.with_context(|| format!("looking into `{}`", folder.display()))?;
                    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
                }
            },
            Self::Bucket { store, prefix } => {
                use futures_util::TryStreamExt;
                let within = (!prefix.is_empty()).then(|| Key::parse(prefix)).transpose()?;
                let found: Vec<_> =
                    store.list(within.as_ref()).try_collect().await.context("looking into the bucket")?;
                let within = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
                Ok(found
                    .iter()
                    .filter_map(|it| it.location.as_ref().strip_prefix(&within).map(str::to_owned))
                    .collect())
            }
        }
    }

    fn key(&self, name: &str) -> anyhow::Result<Key> {
        let prefix = if let Self::Bucket { prefix, .. } = self { prefix.as_str() } else { "" };
        let whole = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        Key::parse(&whole).with_context(|| format!("`{whole}` is no name in an object store"))
    }
}

/// The beginning of a file, hashed as it is read.
struct Source {
    file: File,
    left: u64,
    hash: Sha256,
}

impl Source {
    fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut part = vec![0; PART.min(usize::try_from(self.left)?)];
        self.file.read_exact(&mut part)?;
        self.left -= part.len() as u64;
        self.hash.update(&part);
        Ok(Some(part))
    }

    fn digest(self) -> String {
        hex(self.hash)
    }
}

fn copy(mut from: Source, to: Option<&Path>) -> anyhow::Result<String> {
    let mut file = match to {
        Some(to) => {
            to.parent().map(private_dir).transpose()?;
            Some(private_file(to)?)
        }
        None => None,
    };
    while let Some(part) = from.next()? {
        if let Some(file) = &mut file {
            file.write_all(&part)?;
        }
    }
    if let (Some(file), Some(parent)) = (file, to.and_then(Path::parent)) {
        file.sync_all()?;
        sync_dir(parent)?;
    } else {
        // What was made in its place is synced here.
        from.file.sync_all()?;
    }
    Ok(from.digest())
}

async fn upload(store: &dyn ObjectStore, key: &Key, from: Source) -> anyhow::Result<String> {
    if from.left <= PART as u64 {
        let (from, part) = read(from).await?;
        store.put(key, PutPayload::from(part.unwrap_or_default())).await?;
        return Ok(from.digest());
    }
    let mut upload = store.put_multipart(key).await?;
    match send(&mut *upload, from).await {
        Ok(hash) => Ok(hash),
        Err(error) => {
            // What was sent so far is of no use; if this fails too, the bucket's rules remove it.
            upload.abort().await.ok();
            Err(error)
        }
    }
}

async fn send(upload: &mut dyn MultipartUpload, mut from: Source) -> anyhow::Result<String> {
    loop {
        let (rest, part) = read(from).await?;
        from = rest;
        let Some(part) = part else { break };
        upload.put_part(part.into()).await?;
    }
    upload.complete().await?;
    Ok(from.digest())
}

async fn read(mut from: Source) -> anyhow::Result<(Source, Option<Vec<u8>>)> {
    tokio::task::spawn_blocking(move || {
        let part = from.next()?;
        anyhow::Ok((from, part))
    })
    .await?
}

async fn download(store: &dyn ObjectStore, key: &Key, to: Option<&Path>) -> anyhow::Result<(String, u64)> {
    let bytes = store.head(key).await?.size;
    let mut file = match to {
        Some(to) => {
            to.parent().map(private_dir).transpose()?;
            Some(private_file(to)?)
        }
        None => None,
    };
    let (mut at, mut hash) = (0, Sha256::new());
    while at < bytes {
        let part = store.get_range(key, at..bytes.min(at + PART as u64)).await?;
        ensure!(!part.is_empty(), "the store has {at} bytes, and should have {bytes}");
        at += part.len() as u64;
        hash.update(&part);
        if let Some(file) = &mut file {
            file.write_all(&part)?;
        }
    }
    if let (Some(file), Some(parent)) = (file, to.and_then(Path::parent)) {
        file.sync_all()?;
        sync_dir(parent)?;
    }
    Ok((hex(hash), bytes))
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// There is a secret among the files: only the owner reads them.
fn private_file(path: &Path) -> std::io::Result<File> {
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn private_dir(dir: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

pub fn sync_dir(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}
