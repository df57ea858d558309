//! Archives of sliced plates, and those whose parts do not tell the same.

use visorfarm_gcode::{Format, Unpackable, Unpacker};

use super::packing::{Entry, Stored, zip};
use super::{TEXT, check, plate, refused};

#[test]
fn an_archive_with_one_plate() {
    for stored in [Stored::Plain, Stored::Deflated, Stored::Streamed] {
        let before = Entry { name: "3D/3dmodel.model", text: b"<xml/>", stored };
        check(&zip(&[before, plate("Metadata/plate_1.gcode", stored)]), Format::ThreeMf, TEXT);
    }
}

#[test]
fn an_archive_with_several_plates_wants_to_be_told_which() {
    let second = Entry { text: b"G28\n", ..plate("Metadata/plate_2.gcode", Stored::Deflated) };
    let archive = zip(&[plate("Metadata/plate_1.gcode", Stored::Deflated), second]);
    refused(&archive, Unpackable::SeveralPlates);
    let (mut unpacker, mut text) = (Unpacker::of_plate(2), Vec::new());
    unpacker.feed(&archive, &mut |part| text.extend_from_slice(part)).expect("sound");
    assert_eq!(unpacker.finish(&mut |_| {}), Ok(Format::ThreeMf));
    assert_eq!(text, b"G28\n");
    let none = zip(&[Entry { name: "plate_1.gcode", text: b"", stored: Stored::Plain }]);
    refused(&none, Unpackable::NoPlate);
}

#[test]
fn an_archive_whose_directory_tells_another_story_is_refused() {
    let hidden = Entry { text: b"G28\n", ..plate("Metadata/plate_1.gcod_", Stored::Plain) };
    let archive = zip(&[plate("Metadata/plate_1.gcode", Stored::Plain), hidden]);
    let at = |needle: &[u8]| memchr::memmem::rfind(&archive, needle).expect("it is there");
    let altered = |at: usize, by: &[u8]| {
        let mut altered = archive.clone();
        altered[at..at + by.len()].copy_from_slice(by);
        altered
    };
    let end = at(b"PK\x05\x06");
    let first = end - 2 * (46 + "Metadata/plate_1.gcode".len());
    // Another name for an entry, another place, one entry less, another directory, a text behind the end.
    refused(&altered(at(b"gcod_"), b"gcode"), Unpackable::Malformed);
    refused(&altered(first + 42, &[9]), Unpackable::Malformed);
    refused(&[&archive[..first], &archive[first + 68..]].concat(), Unpackable::Malformed);
    refused(&altered(end + 16, &[9]), Unpackable::Malformed);
    refused(&[archive.as_slice(), b"PK"].concat(), Unpackable::Malformed);
    // Encrypted, packed in another way, another checksum, fewer bytes, fewer bytes unpacked: of each entry.
    for entry in [first, first + 68] {
        for (place, by) in [(8, 1), (10, 8), (16, 1), (20, 1), (24, 1)] {
            let byte = archive[entry + place] ^ by;
            refused(&altered(entry + place, &[byte]), Unpackable::Malformed);
        }
    }
    check(&archive, Format::ThreeMf, TEXT);
}

#[test]
fn a_plate_is_as_long_as_its_header_says() {
    for stored in [Stored::Deflated, Stored::Streamed] {
        let archive = zip(&[plate("Metadata/plate_1.gcode", stored)]);
        let at = |needle: &[u8]| memchr::memmem::rfind(&archive, needle);
        let directory = at(b"PK\x01\x02").expect("it is there");
        // In the header, or behind the entry.
        let told = at(b"PK\x07\x08").map_or(18, |descriptor| descriptor + 8);
        for (at, place) in [(told, 20), (told + 4, 24)] {
            // Both tell the same, and neither what is there.
            let mut altered = archive.clone();
            altered[at] ^= 1;
            altered[directory + place] ^= 1;
            refused(&altered, Unpackable::Malformed);
        }
    }
}
