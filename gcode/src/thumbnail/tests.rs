//! Tests of `thumbnail`.

use super::*;

/// The first bytes of a QOI of 3 by 2 pixels, some pixels, and its end mark. From the format's specification.
fn qoi() -> Vec<u8> {
    [b"qoif\0\0\0\x03\0\0\0\x02\x04\0".as_slice(), &[0xC5], &[0, 0, 0, 0, 0, 0, 0, 1]].concat()
}

fn comments(tag: &str, size: &str, picture: &[u8]) -> Vec<String> {
    let code = BASE64.encode(picture);
    let mut lines = vec![format!(" {tag} begin {size} {}", code.len())];
    lines.extend(
        code.as_bytes().chunks(6).map(|part| format!(" {}", String::from_utf8_lossy(part))),
    );
    lines.push(format!(" {tag} end"));
    lines
}

fn read(lines: &[String]) -> Thumbnails {
    let mut all = Thumbnails::keeping();
    for line in lines {
        all.read(line.as_bytes());
    }
    all
}

#[track_caller]
fn broken(lines: &[String]) {
    let all = read(lines);
    assert_eq!((all.sound.len(), all.broken), (0, 1), "{lines:?}");
}

#[test]
fn a_picture_is_found_and_kept() {
    let mut all = read(&comments("thumbnail_QOI", "3x2", &qoi()));
    let expected =
        Thumbnail { format: PictureFormat::Qoi, width: 3, height: 2, bytes: qoi().len() as u64 };
    assert_eq!((all.sound.as_slice(), all.broken), ([expected.clone()].as_slice(), 0));
    assert_eq!(all.take_largest(), Some((expected, qoi())));
}

#[test]
fn a_picture_that_is_not_what_it_says_is_none() {
    broken(&comments("thumbnail_QOI", "3x3", &qoi()));
    broken(&comments("thumbnail", "3x2", &qoi()));
    broken(&comments("thumbnail_GIF", "3x2", &qoi()));
    broken(&comments("thumbnail_QOI", "3x2", &qoi()[..20]));
    broken(&comments("thumbnail_QOI", "9999x9999", &qoi()));
    let mut short = comments("thumbnail_QOI", "3x2", &qoi());
    short.remove(2);
    broken(&short);
    let mut odd = comments("thumbnail_QOI", "3x2", &qoi());
    odd[2] = " ******".into();
    broken(&odd);
}

#[test]
fn a_picture_without_end_takes_no_memory() {
    let mut all = Thumbnails::keeping();
    all.read(b" thumbnail begin 10x10 400");
    let line = [b'A'; 76];
    for _ in 0..100_000 {
        all.read(&line);
    }
    let reading = all.reading.expect("it has not ended");
    assert!(reading.bytes.len() <= BYTES_MAX && reading.damaged);
}
