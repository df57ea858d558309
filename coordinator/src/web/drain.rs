//! The rest of a request's body that a handler did not want.
//!
//! An answer that is given before the body was read makes HTTP/2 servers reset the stream (RFC 9113,
//! section 8.1), and clients such as curl 7.88 then drop the answer that they have already got. So what
//! is left is read first and thrown away, up to a bound.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::sync::oneshot;

/// The most that is read for nothing: a large plate. Whoever sends more learns it from the connection.
const BYTES_MAX: u64 = 64 << 20;

/// The longest time that reading for nothing may take: a home's slow line.
const WITHIN: Duration = Duration::from_mins(1);

/// Lends the body to the handler, and reads what it left.
pub(super) async fn drain(request: Request, next: Next) -> Response {
    let waits = request.headers().contains_key(header::EXPECT);
    let (back, left) = oneshot::channel();
    let loan = |body| Lent { body, back: Some(back), read: Read::Nothing };
    let response = next.run(request.map(|body| Body::new(loan(body)))).await;
    if let Ok((body, read)) = left.await {
        // Who waits for leave to send its body has not sent it.
        if !(waits && read == Read::Nothing) {
            // Whether it all came in time changes nothing about the answer.
            tokio::time::timeout(WITHIN, throw_away(body)).await.ok();
        }
    }
    response
}

async fn throw_away(mut body: Body) {
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        if BYTES_MAX < bytes {
            return;
        }
    }
}

/// How much of a body was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    Nothing,
    Something,
}

/// A body that goes back when it is dropped.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<(Body, Read)>>,
    read: Read,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.read = Read::Something;
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take() {
            // Nobody waits for it if the connection is gone.
            back.send((std::mem::take(&mut self.body), self.read)).ok();
        }
    }
}
