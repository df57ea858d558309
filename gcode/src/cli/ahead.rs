//! Reads ahead: a second thread fetches and hashes the next pieces of a file while the last one is looked at.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use sha2::{Digest as _, Sha256};
use visorfarm_gcode::Sha256Digest;

/// Large enough that system calls do not count, small enough for a processor's cache.
const PIECE_BYTES: usize = 256 * 1024;

/// Pieces that go round between both threads: one is looked at, one is fetched, one waits.
const PIECES: usize = 3;

/// A file that was read to its end.
pub(super) struct Fetched {
    pub(super) sha256: Sha256Digest,
    pub(super) bytes: u64,
}

/// The beginning of `room` up to `length` is filled.
struct Piece {
    room: Vec<u8>,
    length: usize,
}

/// Hands the bytes of `source` to `take`, piece by piece.
pub(super) fn each(
    source: impl Read + Send + 'static,
    mut take: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<Fetched> {
    let (full, pieces) = mpsc::channel();
    let (empty, rooms) = mpsc::channel();
    for _ in 0..PIECES {
        empty.send(vec![0; PIECE_BYTES])?;
    }
    // Not waited for when `take` fails: it may be waiting for somebody who types.
    let fetching = thread::spawn(move || fetch(source, &rooms, &full));
    for Piece { room, length } in pieces {
        take(&room[..length])?;
        // Nobody fetches any more once the end is reached.
        drop(empty.send(room));
    }
    Ok(fetching.join().expect("fetching does not panic")?)
}

fn fetch(
    mut source: impl Read,
    rooms: &Receiver<Vec<u8>>,
    full: &Sender<Piece>,
) -> io::Result<Fetched> {
    let mut hash = Sha256::new();
    let mut bytes = 0;
    for mut room in rooms {
        let length = read(&mut source, &mut room)?;
        if length == 0 {
            break;
        }
        hash.update(&room[..length]);
        bytes += length as u64;
        if full.send(Piece { room, length }).is_err() {
            break;
        }
    }
    Ok(Fetched { sha256: Sha256Digest(hash.finalize().into()), bytes })
}

fn read(source: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
