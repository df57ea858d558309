//! A coordinator for tests: an HTTP server in a few lines, with TLS if need be.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sha2::Digest as _;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::enrol::Credentials;

use crate::enrol::Membership;

pub(crate) struct Authority {
    pub(crate) certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

pub(crate) struct Leaf {
    pub(crate) certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn pin(&self) -> Digest {
        digest(&self.certificate)
    }

    /// Signs a certificate for `host` that begins with `year`.
    pub(crate) fn sign(&self, host: &str, year: i32) -> Leaf {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Leaf { certificate, key }
    }
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest(sha2::Sha256::digest(bytes).into())
}

/// Returns the membership of agent `a7`, whose password is `secret`.
pub(crate) fn membership(origin: &str, pin: Option<Digest>, brokers: &[String]) -> Membership {
    let credentials = Credentials {
        farm: "lyon".parse().unwrap(),
        agent: "a7".parse().unwrap(),
        secret: "secret".to_owned(),
        brokers: brokers.to_vec(),
    };
    Membership { origin: origin.to_owned(), pin, invite: None, credentials }
}

/// Returns the bytes of every message that a coordinator of any version wrote, and which they are: the golden fixtures.
pub(crate) fn written_by_coordinators() -> Vec<(String, Vec<u8>)> {
    let files = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let versions = files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/fixtures")));
    let written = versions.flat_map(|version| files(&version.join("down")).collect::<Vec<_>>());
    let mut written: Vec<_> =
        written.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    written.sort();
    assert!(!written.is_empty(), "there is none");
    written
}

/// A request as it came: its head and its body.
pub(crate) type Request = String;

/// Serves `answer` to every request, each on a connection of its own, and tells the requests.
/// Returns the origin.
pub(crate) async fn serve<F>(mut answer: F) -> (String, mpsc::UnboundedReceiver<Request>)
where
    F: FnMut(&str) -> Vec<u8> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (requests, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            exchange(stream, &mut answer, &requests).await;
        }
    });
    (origin, received)
}

/// Like [`serve`], on `https://localhost`, showing `leaf` and then `authority`.
pub(crate) async fn serve_tls<F>(leaf: Leaf, authority: &Authority, mut answer: F) -> String
where
    F: FnMut(&str) -> Vec<u8> + Send + 'static,
{
    let acceptor = acceptor(leaf, authority);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (requests, _) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // One that does not believe us hangs up.
            if let Ok(stream) = acceptor.accept(stream).await {
                exchange(stream, &mut answer, &requests).await;
            }
        }
    });
    origin
}

/// Returns what speaks TLS, showing `leaf` and then `authority`.
pub(crate) fn acceptor(leaf: Leaf, authority: &Authority) -> TlsAcceptor {
    let key = PrivatePkcs8KeyDer::from(leaf.key.serialize_der());
    let chain = vec![leaf.certificate, authority.certificate.clone()];
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn exchange<F: FnMut(&str) -> Vec<u8>>(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &mut F,
    requests: &mpsc::UnboundedSender<Request>,
) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(read) if 0 < read => request.extend_from_slice(&chunk[..read]),
            Ok(_) | Err(_) => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    // A client that has enough of an answer, or a test that does not count requests, is fine.
    drop(stream.write_all(&answer(&request)).await);
    drop(stream.shutdown().await);
    drop(requests.send(request));
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
    });
    length.unwrap_or(0) <= body.len()
}

/// Returns an HTTP answer.
pub(crate) fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}
