//! The object store that keeps recordings and clips beside this disk, or instead of it.
//!
//! ```text
//! {prefix}/owner                               whose objects these are
//!          recordings/{broadcast}/chunk-0.m4s  as on disk; `index-{segments}` is the whole index of a show that is over
//!          clips/{clip}.mp4
//! ```
//! A name is given once and its content never changes. `docs/decisions/0009-recording.md` tells how they come here.

pub mod address;
mod cache;

use super::RecordSettings;
use address::Address;
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use cache::Cache;
use events::Millis;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ClientOptions, Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// What is larger goes in parts of this size.
const PART: u64 = 8 << 20;
/// What is sent on as it is read comes in pieces of this size.
const PIECE: u64 = 4 << 20;
/// Of what was read, kept in memory.
const CACHED: u64 = 64 << 20;
/// What is read at once is no larger.
const MOST_READ: u64 = 256 << 20;
const OWNER: &str = "owner";
/// Stands for a whole object in the cache.
const WHOLE: Range<u64> = 0..u64::MAX;

pub struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    /// Tells this installation from others.
    owner: String,
    owned: OnceCell<()>,
    cache: Cache,
}

/// What a listing says of an object.
pub struct Listed {
    /// Within its folder.
    pub name: String,
    pub modified: Millis,
}

impl Objects {
    /// The store of the settings, if they name one. Nothing is asked of it yet.
    pub fn open(settings: &RecordSettings, owner: String) -> anyhow::Result<Option<Self>> {
        let (store, prefix): (Arc<dyn ObjectStore>, String) = match &settings.store {
            Address::Nowhere => return Ok(None),
            Address::Folder(folder) => {
                super::index::private_dir(folder).context("making the folder of `record.store`")?;
                (Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)), String::new())
            }
            Address::S3 { bucket, prefix } => (Arc::new(s3(settings, bucket)?), prefix.clone()),
        };
        Ok(Some(Self { store, prefix, owner, owned: OnceCell::new(), cache: Cache::new(CACHED) }))
    }

    /// Puts the first `bytes` of a file. Answers once the store has them all; again and again is the same as once.
    pub async fn put(&self, name: &str, file: &Path, bytes: u64, crc: u32) -> anyhow::Result<()> {
        self.own().await?;
        let file = Arc::new(File::open(file)?);
        let key = self.key(name)?;
        if bytes <= PART {
            let data = part(&file, 0, bytes).await?;
            ensure!(crc32c::crc32c(&data) == crc, "`{name}` on this disk is not what was written");
            self.store.put(&key, PutPayload::from_bytes(data)).await?;
        } else {
            let mut upload = self.store.put_multipart(&key).await?;
            if let Err(error) = send(&mut *upload, &file, bytes, crc).await {
                // What was sent so far is of no use; if this fails too, the bucket's rules remove it.
                upload.abort().await.ok();
                return Err(error.context(format!("sending `{name}`")));
            }
        }
        let kept = self.store.head(&key).await?.size;
        ensure!(kept == bytes, "the store has {kept} bytes of `{name}`, and should have {bytes}");
        Ok(())
    }

    /// A part of an object, perhaps from memory.
    pub async fn read(&self, name: &str, range: Range<u64>) -> io::Result<Bytes> {
        if range.end.saturating_sub(range.start) > MOST_READ {
            return Err(io::Error::other("too much is read at once"));
        }
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let key = self.key(name).map_err(io::Error::other)?;
        let fetch = || async {
            metrics::counter!("kaibo_record_store_reads_total").increment(1);
            self.store.get_range(&key, range.clone()).await
        };
        let found = self.cache.get(name, range.clone(), fetch).await;
        let found: Bytes = found.map_err(of_io)?;
        if found.len() as u64 != range.end - range.start {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(found)
    }

    /// A small object, perhaps from memory.
    pub async fn read_whole(&self, name: &str) -> io::Result<Bytes> {
        let key = self.key(name).map_err(io::Error::other)?;
        let fetch = || async {
            metrics::counter!("kaibo_record_store_reads_total").increment(1);
            self.store.get(&key).await?.bytes().await
        };
        self.cache.get(name, WHOLE, fetch).await.map_err(of_io)
    }

    /// The bytes of a part, a piece after another, so that no request lasts as long as a slow viewer. `NotFound` is told
    /// before anything comes.
    pub async fn stream(
        self: &Arc<Self>,
        name: &str,
        range: Range<u64>,
    ) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static + use<>> {
        let first = self.piece(name, &range).await?;
        let rest = range.start + first.len() as u64..range.end;
        let (objects, name) = (self.clone(), name.to_owned());
        let rest = stream::try_unfold((objects, name, rest), |(objects, name, rest)| async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let piece = objects.piece(&name, &rest).await?;
            let rest = rest.start + piece.len() as u64..rest.end;
            Ok(Some((piece, (objects, name, rest))))
        });
        Ok(stream::once(std::future::ready(Ok(first))).chain(rest))
    }

    async fn piece(&self, name: &str, of: &Range<u64>) -> io::Result<Bytes> {
        if of.is_empty() {
            return Ok(Bytes::new());
        }
        let key = self.key(name).map_err(io::Error::other)?;
        let piece = self.store.get_range(&key, of.start..of.end.min(of.start + PIECE)).await.map_err(of_io)?;
        if piece.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(piece) }
    }

    pub async fn remove(&self, name: &str) -> anyhow::Result<()> {
        match self.store.delete(&self.key(name)?).await {
            Err(Error::NotFound { .. }) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Removes everything in a folder.
    pub async fn remove_all(&self, folder: &str) -> anyhow::Result<()> {
        let keys = self.store.list(Some(&self.key(folder)?)).map_ok(|found| found.location).boxed();
        self.store.delete_stream(keys).map(forgiving).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// The folders in a folder.
    pub async fn folders(&self, of: &str) -> anyhow::Result<Vec<String>> {
        self.own().await?;
        let found = self.store.list_with_delimiter(Some(&self.key(of)?)).await?;
        Ok(found.common_prefixes.iter().filter_map(|prefix| prefix.filename().map(str::to_owned)).collect())
    }

    /// What is in a folder.
    pub async fn list(&self, folder: &str) -> anyhow::Result<Vec<Listed>> {
        self.own().await?;
        let listed = |found: object_store::ObjectMeta| {
            let modified = Millis(found.last_modified.timestamp_millis());
            found.location.filename().map(|name| Listed { name: name.to_owned(), modified })
        };
        let found = self.store.list(Some(&self.key(folder)?)).map_ok(listed);
        Ok(found.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    /// Two installations in one place would remove each other's recordings: the first that comes owns it.
    async fn own(&self) -> anyhow::Result<()> {
        let own = async {
            let key = self.key(OWNER)?;
            match self.store.get(&key).await {
                Ok(found) => {
                    if found.bytes().await? != self.owner.as_bytes() {
                        bail!("`record.store` belongs to another installation: give each its own prefix");
                    }
                }
                Err(Error::NotFound { .. }) => {
                    self.store.put(&key, PutPayload::from(self.owner.clone().into_bytes())).await?;
                }
                Err(error) => return Err(error).context("asking the object store"),
            }
            Ok(())
        };
        self.owned.get_or_try_init(|| own).await.copied()
    }

    fn key(&self, name: &str) -> anyhow::Result<Key> {
        let whole = if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) };
        Key::parse(&whole).with_context(|| format!("`{whole}` is no name in an object store"))
    }
}

/// A bucket of the same service, reached with the same keys.
pub fn bucket(settings: &RecordSettings, bucket: &str) -> anyhow::Result<Arc<dyn ObjectStore>> {
    Ok(Arc::new(s3(settings, bucket)?))
}

fn s3(settings: &RecordSettings, bucket: &str) -> anyhow::Result<object_store::aws::AmazonS3> {
    let patience = Duration::from_secs(settings.store_timeout_s.max(1).into());
    let client = ClientOptions::new().with_timeout(patience).with_connect_timeout(patience.min(Duration::from_secs(5)));
    // Whoever asks tries again by itself, with pauses.
    let retry = RetryConfig { max_retries: 1, retry_timeout: patience, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_client_options(client)
        .with_retry(retry)
        .with_virtual_hosted_style_request(settings.store_virtual_host);
    if !settings.store_endpoint.is_empty() {
        builder = builder.with_endpoint(&settings.store_endpoint);
        builder = builder.with_allow_http(settings.store_endpoint.starts_with("http://"));
    }
    if !settings.store_region.is_empty() {
        builder = builder.with_region(&settings.store_region);
    }
    if !settings.store_access_key.is_empty() {
        builder = builder.with_access_key_id(&settings.store_access_key);
        builder = builder.with_secret_access_key(&settings.store_secret_key.0);
    }
    builder.build().context("`record.store` cannot be used")
}

async fn send(upload: &mut dyn MultipartUpload, file: &Arc<File>, bytes: u64, crc: u32) -> anyhow::Result<()> {
    let (mut at, mut seen) = (0, 0);
    while at < bytes {
        let data = part(file, at, PART.min(bytes - at)).await?;
        at += data.len() as u64;
        seen = crc32c::crc32c_append(seen, &data);
        upload.put_part(PutPayload::from_bytes(data)).await?;
    }
    ensure!(seen == crc, "the file on this disk is not what was written");
    upload.complete().await?;
    Ok(())
}

async fn part(file: &Arc<File>, at: u64, length: u64) -> anyhow::Result<Bytes> {
    let file = file.clone();
    super::recorder::blocking(move || {
        let mut data = vec![0; usize::try_from(length)?];
        file.read_exact_at(&mut data, at)?;
        Ok(Bytes::from(data))
    })
    .await
}

fn forgiving(removed: Result<Key, Error>) -> anyhow::Result<()> {
    match removed {
        Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn of_io(error: Error) -> io::Error {
    match error {
        Error::NotFound { .. } => io::ErrorKind::NotFound.into(),
        error => io::Error::other(error),
    }
}
