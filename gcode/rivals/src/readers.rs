//! The readers, each over bytes in memory.

use std::time::Duration;

use futures_executor::block_on;
use futures_util::stream;
use gcode::core::{
    BlockVisitor, CommandVisitor, ControlFlow, Diagnostics, HasDiagnostics, Number, ProgramVisitor,
    Span, Value,
};
use sha2::{Digest, Sha256};
use visorfarm_gcode::{Lines, Options, Profile, Scanner, Sha256Digest, verify};

pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) read: fn(&[u8]) -> u64,
    /// Quick enough for more than one run.
    pub(crate) fast: bool,
}

const fn fast(name: &'static str, read: fn(&[u8]) -> u64) -> Reader {
    Reader { name, read, fast: true }
}

const fn slow(name: &'static str, read: fn(&[u8]) -> u64) -> Reader {
    Reader { name, read, fast: false }
}

pub(crate) const ALL: [Reader; 11] = [
    fast("limit: copy of memory", copy),
    fast("limit: newlines counted", newlines),
    fast("limit: lines split", lines),
    fast("SHA-256 alone", digest),
    fast("visorfarm-gcode: verdict", verdict),
    fast("visorfarm-gcode: verdict, digest", verdict_and_digest),
    fast("visorfarm-gcode: verdict, digest, time", verdict_digest_and_time),
    slow("async-gcode 0.3: tokens", async_gcode),
    slow("gcode 0.7: visitor", gcode_visitor),
    slow("gcode-nom 0.7: parse_line", gcode_nom),
    slow("gcode 0.7: tree (its errors ignored)", gcode_tree),
];

/// As the agent feeds it.
const CHUNK: usize = 256 * 1024;

/// Returns the processor time that `work` takes.
pub(crate) fn processor_time(work: impl FnOnce()) -> Duration {
    let now = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
    };
    let start = now();
    work();
    now() - start
}

fn copy(bytes: &[u8]) -> u64 {
    let copy = bytes.to_vec();
    u64::from(std::hint::black_box(copy)[bytes.len() / 2])
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn lines(bytes: &[u8]) -> u64 {
    let mut from = 0;
    let mut sum = 0;
    for at in memchr::memchr_iter(b'\n', bytes) {
        sum += std::hint::black_box(&bytes[from..at]).len() as u64;
        from = at + 1;
    }
    sum
}

fn digest(bytes: &[u8]) -> u64 {
    u64::from(Sha256::digest(bytes)[0])
}

fn verdict(bytes: &[u8]) -> u64 {
    let profile = ender3();
    let mut lines = Lines::new(&Options { motion: None, ..Options::from(&profile) });
    for chunk in bytes.chunks(CHUNK) {
        lines.feed(chunk);
    }
    let report = lines.finish(Sha256Digest([0; 32]));
    report.lines + verify(&report, &profile).len() as u64
}

fn verdict_and_digest(bytes: &[u8]) -> u64 {
    let profile = ender3();
    scan_and_judge(bytes, &Options { motion: None, ..Options::from(&profile) }, &profile)
}

fn verdict_digest_and_time(bytes: &[u8]) -> u64 {
    let profile = ender3();
    scan_and_judge(bytes, &Options::from(&profile), &profile)
}

fn scan_and_judge(bytes: &[u8], options: &Options, profile: &Profile) -> u64 {
    let mut scanner = Scanner::new(options);
    for chunk in bytes.chunks(CHUNK) {
        scanner.feed(chunk);
    }
    let report = scanner.finish();
    report.lines + verify(&report, profile).len() as u64
}

fn ender3() -> Profile {
    Profile::shipped("ender3").expect("ender3 is shipped")
}

fn async_gcode(bytes: &[u8]) -> u64 {
    let stream = stream::iter(bytes.iter().map(|&byte| Ok::<u8, async_gcode::Error>(byte)));
    let mut parser = async_gcode::Parser::new(stream);
    block_on(async {
        let mut count = 0;
        while let Some(token) = parser.next().await {
            count += u64::from(token.is_ok());
        }
        count
    })
}

fn gcode_nom(bytes: &[u8]) -> u64 {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.lines().filter(|line| gcode_nom::command::Command::parse_line(line).is_ok()).count() as u64
}

fn gcode_tree(bytes: &[u8]) -> u64 {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    gcode::parse(text).map_or(0, |program| program.blocks.len() as u64)
}

fn gcode_visitor(bytes: &[u8]) -> u64 {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut counter = Counter { words: 0, silent: Silent };
    gcode::core::parse(text, &mut counter);
    counter.words
}

/// Counts words, and builds nothing.
struct Counter {
    words: u64,
    silent: Silent,
}

struct Silent;

impl Diagnostics for Silent {}

impl HasDiagnostics for Counter {
    fn diagnostics(&mut self) -> &mut dyn Diagnostics {
        &mut self.silent
    }
}

struct Part<'a>(&'a mut Counter);

impl HasDiagnostics for Part<'_> {
    fn diagnostics(&mut self) -> &mut dyn Diagnostics {
        &mut self.0.silent
    }
}

impl ProgramVisitor for Counter {
    fn start_block(&mut self) -> ControlFlow<impl BlockVisitor + '_> {
        ControlFlow::Continue(Part(self))
    }
}

impl BlockVisitor for Part<'_> {
    fn start_general_code(&mut self, _: Number) -> ControlFlow<impl CommandVisitor + '_> {
        ControlFlow::Continue(Part(self.0))
    }

    fn start_miscellaneous_code(&mut self, _: Number) -> ControlFlow<impl CommandVisitor + '_> {
        ControlFlow::Continue(Part(self.0))
    }

    fn start_tool_change_code(&mut self, _: Number) -> ControlFlow<impl CommandVisitor + '_> {
        ControlFlow::Continue(Part(self.0))
    }

    fn end_line(self, _: Span) {}
}

impl CommandVisitor for Part<'_> {
    fn argument(&mut self, _: char, _: Value<'_>, _: Span) {
        self.0.words += 1;
    }

    fn end_command(self, _: Span) {}
}
