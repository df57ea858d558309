//! Somebody who looks at the live page: reads the stream as a browser does.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
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
    /// Takes one value of one printer that is new or changed, and when it was read.
    fn see(&mut self, shown: &Shown, at: Instant);
}

/// One value of one printer.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// Agent and name, with a slash.
    pub(super) printer: &'a str,
    /// What is said of it, such as `nozzle` or `printed`.
    pub(super) column: &'a str,
    pub(super) value: &'a Value,
}

/// What a viewer must remember to read the printers' rows, which carry neither names nor columns.
#[derive(Debug, Default)]
struct Headings {
    columns: Vec<String>,
    /// By number on the stream.
    printers: BTreeMap<u64, String>,
}

/// What a frame says of the printers.
#[derive(Debug, Deserialize)]
struct Frame {
    columns: Option<Vec<String>>,
    #[serde(default)]
    keys: BTreeMap<u64, String>,
    /// `[number, mask, values...]`: a bit of the mask for each column that follows.
    #[serde(default)]
    printers: Vec<Vec<Value>>,
}

impl<T: Look> Page<T> {
    /// Opens the stream; returns once the first snapshot was seen.
    pub(super) async fn open(farm: &Farm, mut look: T) -> Result<Self> {
        let answer = farm.live().await?;
        let mut stream = Stream { answer, unread: Vec::new(), headings: Headings::default() };
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
    headings: Headings,
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
        let frame = serde_json::from_str(data).context("a frame's data is no JSON of ours")?;
        self.headings.read(frame, |shown| look.see(shown, at))
    }
}

impl Headings {
    /// Tells `see` every value in `frame`.
    fn read(&mut self, frame: Frame, mut see: impl FnMut(&Shown)) -> Result<()> {
        self.columns = frame.columns.unwrap_or_else(|| std::mem::take(&mut self.columns));
        self.printers.extend(frame.keys);
        for row in &frame.printers {
            let [number, mask, values @ ..] = row.as_slice() else { bail!("a short row: {row:?}") };
            let (number, mask) =
                number.as_u64().zip(mask.as_u64()).context("a row of no numbers")?;
            let printer = self.printers.get(&number).context("a row of a printer without a key")?;
            let columns = self.columns.iter().enumerate();
            let told = columns.filter(|(place, _)| mask >> place & 1 == 1);
            for ((_, column), value) in told.zip(values) {
                see(&Shown { printer, column, value });
            }
        }
        Ok(())
    }
}
