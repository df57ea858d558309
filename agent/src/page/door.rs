//! The page's end of its connections: HTTP in, visits out, with a limit on everything.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::reply::Reply;
use super::visit::Visit;

/// A visit and where its reply goes.
pub(super) type Visited = (Visit, oneshot::Sender<Reply>);

/// A browser opens six connections; two phones and a desk are enough.
const AT_ONCE_MAX: usize = 16;

/// How long one exchange may take: a slow phone, or an fsync on a slow card. Who only holds the line
/// is gone after that.
const EXCHANGE_TAKES_AT_MOST: Duration = Duration::from_secs(15);

/// The longest head of a request in bytes, and what is read at once: the least that hyper takes.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// More header lines than any browser sends.
const HEADERS_MAX: usize = 64;

/// Brings visits until their receiver is dropped.
pub(super) async fn run(listener: TcpListener, visits: mpsc::Sender<Visited>) {
    let places = Arc::new(Semaphore::new(AT_ONCE_MAX));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let place = place.expect("nobody closes the semaphore");
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = visits.closed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let visits = visits.clone();
                tokio::spawn(async move {
                    match timeout(EXCHANGE_TAKES_AT_MOST, exchange(stream, visits)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => debug!("A browser went away: {error}"),
                        Err(_) => debug!("A browser took too long"),
                    }
                    drop(place);
                });
            }
            Err(error) => tired(&error).await,
        }
    }
}

async fn tired(error: &io::Error) {
    warn!("Cannot take visits to the page: {error}");
    // Too many open files: others must end first, and nothing tells when one does.
    sleep(Duration::from_secs(1)).await;
}

/// One request and its answer: nobody keeps a place by waiting for the next.
async fn exchange(stream: TcpStream, visits: mpsc::Sender<Visited>) -> hyper::Result<()> {
    let service = service_fn(|request: Request<Incoming>| {
        let visits = visits.clone();
        async move { Ok::<_, Infallible>(answer(request, &visits).await) }
    });
    http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        // The whole exchange is timed.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

async fn answer(
    request: Request<Incoming>,
    visits: &mpsc::Sender<Visited>,
) -> Response<Full<Bytes>> {
    let visit = match Visit::read(request).await {
        Ok(visit) => visit,
        Err(refused) => return refused.into_response(),
    };
    let (sender, receiver) = oneshot::channel();
    let reply = match visits.send((visit, sender)).await {
        Ok(()) => receiver.await.ok(),
        Err(_) => None,
    };
    reply.unwrap_or_else(Reply::moving).into_response()
}
