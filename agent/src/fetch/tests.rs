use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::UnboundedReceiver;

use super::*;
use crate::testing::{digest, http, membership, serve};

const MEBIBYTE: u64 = 1024 * 1024;

struct Bench {
    folder: tempfile::TempDir,
    bytes_max: u64,
    content: Arc<Vec<u8>>,
}

impl Bench {
    fn new() -> Self {
        let content = "G1 X10 Y10 F3000\n".repeat(20_000).into_bytes();
        let folder = tempfile::tempdir().unwrap();
        Self { folder, bytes_max: 100 * MEBIBYTE, content: Arc::new(content) }
    }

    fn wanted(&self) -> Wanted {
        Wanted { digest: digest(&self.content), bytes: self.content.len() as u64 }
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("{}.{suffix}", self.wanted().digest))
    }

    fn fetcher(&self, origin: &str) -> Fetcher {
        let cache = Cache::new(self.folder.path(), self.bytes_max);
        let fetcher = Fetcher::new(cache, membership(origin, None, &[])).unwrap();
        Fetcher { backoff: Backoff::brief(), ..fetcher }
    }

    /// Fetches from a coordinator that has the file.
    async fn fetch(&self) -> (Result<Fetched, FetchError>, UnboundedReceiver<String>) {
        let content = Arc::clone(&self.content);
        let (origin, requests) = serve(move |request| ranged(&content, request)).await;
        (self.fetcher(&origin).fetch(self.wanted(), &Options::default()).await, requests)
    }

    /// Fetches from a coordinator that answers what `answer` says.
    async fn fetch_from<F>(&self, answer: F) -> Result<Fetched, FetchError>
    where
        F: FnMut(&str) -> Vec<u8> + Send + 'static,
    {
        let (origin, _requests) = serve(answer).await;
        self.fetcher(&origin).fetch(self.wanted(), &Options::default()).await
    }
}

fn asked_from(request: &str) -> Option<usize> {
    let (_, range) = request.split_once("range: bytes=")?;
    range.split_once('-')?.0.parse().ok()
}

fn ranged(content: &[u8], request: &str) -> Vec<u8> {
    let Some(from) = asked_from(request) else { return http("200 OK", "", content) };
    let (last, length) = (content.len() - 1, content.len());
    let range = format!("content-range: bytes {from}-{last}/{length}\r\n");
    http("206 Partial Content", &range, &content[from..])
}

#[tokio::test]
async fn a_file_is_fetched_once_with_the_agents_password_and_read() {
    let bench = Bench::new();
    let (fetched, mut requests) = bench.fetch().await;
    let fetched = fetched.unwrap();
    assert_eq!(fs::read(fetched.path()).unwrap(), *bench.content);
    assert_eq!(fetched.report.lines, 20_000);
    let request = requests.recv().await.unwrap();
    assert!(request.starts_with(&format!("GET /gcode/{} ", bench.wanted().digest)), "{request}");
    // "a7:secret"
    assert!(request.contains("Basic YTc6c2VjcmV0"), "{request}");
    let (again, mut requests) = bench.fetch().await;
    assert_eq!(again.unwrap().report, fetched.report);
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_broken_fetch_goes_on_where_it_ended() {
    let bench = Bench::new();
    fs::write(bench.path("part"), &bench.content[..100_000]).unwrap();
    let (fetched, mut requests) = bench.fetch().await;
    assert_eq!(fs::read(fetched.unwrap().path()).unwrap(), *bench.content);
    assert_eq!(asked_from(&requests.recv().await.unwrap()), Some(100_000));
    assert!(!bench.path("part").exists());
}

#[tokio::test]
async fn a_server_without_ranges_starts_over() {
    let bench = Bench::new();
    fs::write(bench.path("part"), &bench.content[..100_000]).unwrap();
    let content = Arc::clone(&bench.content);
    let fetched = bench.fetch_from(move |_| http("200 OK", "", &content)).await.unwrap();
    assert_eq!(fs::read(fetched.path()).unwrap(), *bench.content);
}

#[tokio::test]
async fn a_fetch_that_breaks_off_is_tried_again_from_there() {
    let bench = Bench::new();
    let content = Arc::clone(&bench.content);
    let mut times = 0;
    let fetched = bench.fetch_from(move |request| {
        times += 1;
        let mut answer = ranged(&content, request);
        match times {
            1 => http("503 Service Unavailable", "", b""),
            2 => {
                answer.truncate(200_000);
                answer
            }
            _ => {
                assert!(asked_from(request).is_some(), "{request}");
                answer
            }
        }
    });
    assert_eq!(fs::read(fetched.await.unwrap().path()).unwrap(), *bench.content);
}

#[tokio::test]
async fn another_file_is_refused_and_not_kept() {
    let bench = Bench::new();
    let mut other = bench.content.to_vec();
    other[77] ^= 1;
    let error = bench.fetch_from(move |_| http("200 OK", "", &other)).await.unwrap_err();
    assert!(matches!(error, FetchError::WrongBytes { .. }), "{error}");
    assert!(!bench.path("part").exists() && !bench.path("gcode").exists());
}

#[tokio::test]
async fn a_longer_file_is_refused_before_it_fills_the_disk() {
    let bench = Bench::new();
    // It never ends: whoever waits for that waits for ever.
    let mut endless = http("200 OK", "", &bench.content.repeat(10));
    endless.truncate(bench.content.len() + 1000);
    let fetch = bench.fetch_from(move |_| endless.clone());
    let error = tokio::time::timeout(Duration::from_secs(20), fetch).await.unwrap().unwrap_err();
    assert!(matches!(error, FetchError::WrongBytes { .. }), "{error}");
}

#[tokio::test]
async fn what_decayed_on_the_disk_is_fetched_again() {
    for suffix in ["gcode", "part"] {
        let bench = Bench::new();
        let mut decayed = bench.content.to_vec();
        decayed[77] ^= 1;
        fs::write(bench.path(suffix), decayed).unwrap();
        let (fetched, _) = bench.fetch().await;
        assert_eq!(fs::read(fetched.unwrap().path()).unwrap(), *bench.content, "{suffix}");
    }
}

#[tokio::test]
async fn a_coordinator_that_keeps_saying_no_is_believed() {
    let bench = Bench::new();
    let times = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&times);
    let answer = move |_: &str| {
        counted.fetch_add(1, Ordering::Relaxed);
        http("403 Forbidden", "", b"{}")
    };
    let error = bench.fetch_from(answer).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused { status: 403, .. }), "{error}");
    assert_eq!(times.load(Ordering::Relaxed), REFUSALS_MAX as usize);
}

#[tokio::test]
async fn what_can_never_fit_is_not_begun() {
    let mut bench = Bench::new();
    bench.bytes_max = 1000;
    let (fetched, mut requests) = bench.fetch().await;
    assert!(matches!(fetched, Err(FetchError::TooLarge { bytes_max: 1000, .. })));
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_disk_without_room_is_told_before_it_is_full() {
    let mut bench = Bench::new();
    bench.bytes_max = u64::MAX;
    let wanted = Wanted { bytes: 1 << 50, ..bench.wanted() };
    let fetcher = bench.fetcher("http://127.0.0.1:9");
    let error = fetcher.fetch(wanted, &Options::default()).await.unwrap_err();
    assert!(matches!(error, FetchError::NoRoom { .. }), "{error}");
}

#[tokio::test]
async fn the_oldest_goes_first_but_not_what_is_used() {
    let mut bench = Bench::new();
    bench.bytes_max = bench.content.len() as u64 + 10;
    let kept = |name: &str, days: u64| {
        let path = bench.folder.path().join(name);
        fs::write(&path, [0; 8]).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        let used = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        file.set_modified(used).unwrap();
        (path, file)
    };
    let (in_use, lock) = kept(&format!("{}.gcode", digest(b"1")), 1);
    lock.lock_shared().unwrap();
    let (old, _) = kept(&format!("{}.gcode", digest(b"2")), 2);
    let (new, _) = kept(&format!("{}.part", digest(b"3")), 3);
    let (foreign, _) = kept("holiday.gcode", 0);
    let (fetched, _) = bench.fetch().await;
    fetched.unwrap();
    assert!(in_use.exists() && foreign.exists());
    assert!(!old.exists() && !new.exists());
}

#[tokio::test]
async fn what_fits_is_kept_and_the_newest_stays() {
    let mut bench = Bench::new();
    bench.bytes_max = bench.content.len() as u64 + 10;
    let stale = bench.folder.path().join(format!("{}.gcode", digest(b"old")));
    let fresh = bench.folder.path().join(format!("{}.gcode", digest(b"new")));
    for (path, days) in [(&stale, 1), (&fresh, 2)] {
        fs::write(path, [0; 8]).unwrap();
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400)).unwrap();
    }
    bench.fetch().await.0.unwrap();
    assert!(!stale.exists() && fresh.exists());
}

#[tokio::test]
async fn using_a_file_makes_it_the_newest() {
    let bench = Bench::new();
    let fetched = bench.fetch().await.0.unwrap();
    let file = fs::File::options().write(true).open(fetched.path()).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    drop(fetched);
    let fetched = bench.fetch().await.0.unwrap();
    let used = fs::metadata(fetched.path()).unwrap().modified().unwrap();
    assert!(SystemTime::UNIX_EPOCH < used);
}

#[tokio::test]
async fn two_printers_fetch_one_file_without_harm() {
    let bench = Bench::new();
    let (one, two) = tokio::join!(bench.fetch(), bench.fetch());
    assert_eq!(one.0.unwrap().report, two.0.unwrap().report);
    assert_eq!(fs::read(bench.path("gcode")).unwrap(), *bench.content);
}
