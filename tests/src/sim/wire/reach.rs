//! What a link has of this world instead of a machine's network and chance: sockets of turmoil's, and
//! numbers from the seed. Both are asked for by the real link, which knows of no scene; like turmoil's
//! own world, they belong to the thread that plays.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rumqttc::MqttOptions;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use turmoil::net::TcpStream;
use visorfarm_agent::link::Surroundings;

use crate::sim::chance::Chance;

/// The coordinator's host, and where its broker listens.
pub(super) const BROKER: (&str, u16) = ("coordinator", 1883);

/// Packets shorter than this are acknowledgements and pings: what is cut is a message.
const MESSAGE_BYTES_MIN: usize = 100;

thread_local! {
    static DRAWS: RefCell<Chance> = RefCell::new(Chance::new(0));
    static CUT: Cell<Cut> = const { Cell::new(Cut::No) };
}

/// Whether the next message that any agent sends breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    No,
    Next,
    /// It has.
    Done,
}

/// Begins a world in this thread.
pub(super) fn begin(chance: Chance) {
    DRAWS.set(chance);
    CUT.set(Cut::No);
}

/// Lets the next message of an agent's break off.
pub(super) fn cut_next() {
    CUT.set(Cut::Next);
}

/// Says whether a message broke off since that was asked last.
pub(super) fn was_cut() -> bool {
    let done = CUT.get() == Cut::Done;
    if done {
        CUT.set(Cut::No);
    }
    done
}

/// Returns what links of this world live in.
pub(super) fn surroundings() -> Surroundings {
    Surroundings { reach, draw }
}

fn draw() -> u32 {
    let drawn = DRAWS.with_borrow_mut(Chance::next);
    u32::try_from(drawn >> 32).expect("half of it is left")
}

fn reach(options: &mut MqttOptions) {
    options.set_socket_connector(|_, _| async {
        let stream = TcpStream::connect(BROKER).await?;
        Ok(Brittle { stream, broken: false })
    });
}

/// A socket that may break in the middle of a message.
struct Brittle {
    stream: TcpStream,
    broken: bool,
}

impl AsyncRead for Brittle {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Brittle {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if CUT.get() != Cut::Next || bytes.len() < MESSAGE_BYTES_MIN {
            return Pin::new(&mut self.stream).poll_write(cx, bytes);
        }
        let half = &bytes[..bytes.len() / 2];
        let written = Pin::new(&mut self.stream).poll_write(cx, half);
        if written.is_ready() {
            CUT.set(Cut::Done);
            self.broken = true;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
