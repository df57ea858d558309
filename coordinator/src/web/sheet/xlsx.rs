//! A sheet as XLSX: the few parts of Office Open XML (ECMA-376) that one table needs, in a ZIP
//! archive (APPNOTE.TXT 6.3) of deflated entries.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::{Cell, Sheet};

/// Days from the origin of spreadsheets' dates, 30 December 1899, to 1970.
const DAYS_TO_1970: f64 = 25_569.0;

const DAY_MILLIS: f64 = 86_400_000.0;

/// The style of a cell, by its place in [`STYLES`].
const BOLD: u8 = 1;
const TIME: u8 = 2;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;

const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="visorfarm" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const PARTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// Returns `sheet` as the bytes of a file.
pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let table = table(sheet);
    archive(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &table),
    ])
}

fn table(sheet: &Sheet) -> String {
    let mut xml = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>"#,
    );
    let widest = sheet.columns.len().max(1);
    add(
        &mut xml,
        format_args!(
            r#"<cols><col min="1" max="{widest}" width="20" customWidth="1"/></cols><sheetData><row r="1">"#
        ),
    );
    let letters: Vec<_> = (0..widest).map(letters).collect();
    for (title, column) in sheet.titles().zip(&letters) {
        text(&mut xml, &title, (&format!("{column}1"), BOLD));
    }
    xml.push_str("</row>");
    for (row, number) in sheet.rows.iter().zip(2..) {
        add(&mut xml, format_args!(r#"<row r="{number}">"#));
        for (cell, column) in row.iter().zip(&letters) {
            write_cell(&mut xml, cell, &format!("{column}{number}"));
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData></worksheet>");
    xml
}

/// Writes a cell with its place, like `B7`: the standard lets it be left out, and some programs cannot do without.
fn write_cell(xml: &mut String, cell: &Cell, place: &str) {
    match cell {
        Cell::Empty => {}
        Cell::Text(content) => text(xml, content, (place, 0)),
        Cell::Number(number) => add(xml, format_args!(r#"<c r="{place}"><v>{number}</v></c>"#)),
        Cell::Moment(at) => {
            #[expect(clippy::cast_precision_loss, reason = "to the millisecond for 285,000 years")]
            let days = at.0 as f64 / DAY_MILLIS + DAYS_TO_1970;
            add(xml, format_args!(r#"<c r="{place}" s="{TIME}"><v>{days}</v></c>"#));
        }
    }
}

/// Returns what a column is called: A to Z, then AA.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).expect("a rest of 26 is small"));
    match column / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

/// Writes text as what it is: a spreadsheet computes nothing of it.
fn text(xml: &mut String, content: &str, (place, style): (&str, u8)) {
    add(
        xml,
        format_args!(r#"<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">"#),
    );
    for character in content.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // XML has no other control characters.
            '\u{0}'..='\u{8}'
            | '\u{b}'
            | '\u{c}'
            | '\u{e}'..='\u{1f}'
            | '\u{fffe}'
            | '\u{ffff}' => {}
            character => xml.push(character),
        }
    }
    xml.push_str("</t></is></c>");
}

fn add(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("text can be appended to");
}

/// Returns a ZIP archive of texts.
fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let whole = [HEAD.as_bytes(), content.as_bytes()].concat();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        let packed = deflate.write_all(&whole).and_then(|()| deflate.finish());
        let packed = packed.expect("nothing fails that is written to memory");
        let at = small(file.len());
        // Version 2.0, names in UTF-8, deflated, on the first day that the format knows.
        let mut entry = Vec::new();
        entry.extend([20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0]);
        entry.extend(crc32fast::hash(&whole).to_le_bytes());
        entry.extend(small(packed.len()).to_le_bytes());
        entry.extend(small(whole.len()).to_le_bytes());
        entry.extend(small(name.len()).to_le_bytes()[..2].iter().chain(&[0, 0]));
        file.extend(b"PK\x03\x04");
        file.extend(&entry);
        file.extend(name.as_bytes());
        file.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&entry);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, at) = (small(entries.len()).to_le_bytes(), small(file.len()));
    let length = small(directory.len());
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count[0], count[1], count[0], count[1]]);
    file.extend(length.to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}

fn small(number: usize) -> u32 {
    u32::try_from(number).expect("a table of a million rows is far below 4 GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_spreadsheets_call_them() {
        for (column, called) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(letters(column), called, "{column}");
        }
    }
}
