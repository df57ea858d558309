//! Somebody who looks at the live page: reads the stream as a browser does.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::farm::Farm;

/// A frame beyond this is a fault: a snapshot of 1,000 printers is under 1 MB.
const FRAME_BYTES_MAX: usize = 16 << 20;

/// A viewer in a task of its own.
#[derive(Debug)]
pub(super) struct Page<T> {
    reading: JoinHandle<Result<(T, Traffic)>>,
    stop: tokio::sync::oneshot::Sender<()>,
}

/// What the stream carried.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) frames: u64,
    pub(super) bytes: u64,
}

/// What a viewer does with what it is shown.
pub(super) trait Look: Send + 'static {
    /// Takes a snapshot or what changed, and when it was read.
    fn see(&mut self, shown: &Value, at: Instant);
}

impl<T: Look> Page<T> {
    /// Opens the stream; returns once the first snapshot was seen.
    pub(super) async fn open(farm: &Farm, mut look: T) -> Result<Self> {
        let mut stream = Stream { answer: farm.live().await?, unread: Vec::new() };
        let mut traffic = Traffic::default();
        stream.step(&mut look, &mut traffic).await?;
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let reading = tokio::spawn(async move {
            loop {
                tokio::select! {
                    read = stream.step(&mut look, &mut traffic) => read?,
                    _ = &mut stopped => return Ok((look, traffic)),
                }
            }
        });
        Ok(Self { reading, stop })
    }

    /// Looks away; returns what was made of it.
    pub(super) async fn close(self) -> Result<(T, Traffic)> {
        drop(self.stop);
        self.reading.await.context("the viewer panicked")?.context("the live stream broke off")
    }
}

struct Stream {
    answer: reqwest::Response,
    unread: Vec<u8>,
}

impl Stream {
    /// Reads one frame.
    async fn step(&mut self, look: &mut impl Look, traffic: &mut Traffic) -> Result<()> {
        let end = loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                break end;
            }
            ensure!(self.unread.len() < FRAME_BYTES_MAX, "the live stream sends no end of a frame");
            match self.answer.chunk().await? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => bail!("the live stream ended"),
            }
        };
        let at = Instant::now();
        let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
        traffic.frames += 1;
        traffic.bytes += frame.len() as u64;
        let frame = std::str::from_utf8(&frame).context("the live stream is no text")?;
        let data = frame.lines().find_map(|line| line.strip_prefix("data: "));
        let data = data.context("a frame has no data")?;
        look.see(&serde_json::from_str(data).context("a frame's data is no JSON")?, at);
        Ok(())
    }
}
