//! Tables for spreadsheets: everything that pages show, as CSV and XLSX.

mod designs;
mod makers;
mod plates;
mod printer;
mod tables;
mod xlsx;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::DateTime;
use serde::Deserialize;

use super::answer::{Asked, At, Failure};
use super::caller::Reader;
use super::pages::{DesignQuery, MakerQuery, PrinterQuery, since};
use super::text::Language;
use super::{App, Shared};
use crate::clock::Timestamp;
use crate::store::report::Plates;

/// A table with a head.
struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell of it.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Empty,
    Text(String),
    Number(i64),
    /// A moment; in sheets a time in UTC.
    Moment(Timestamp),
}

/// Of how many days the sums are; of all if nothing is said. Lists are of now.
#[derive(Debug, Deserialize)]
struct Span {
    days: Option<u32>,
}

/// What of a table is asked for, as the page that links to it was asked.
struct Wanted {
    /// Of sums: since when, in milliseconds since 1970.
    since: u64,
    printers: PrinterQuery,
    makers: MakerQuery,
    designs: DesignQuery,
}

/// How a sheet is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Xlsx,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/sheets/{file}", get(serve))
        .route("/sheets/requests/{id}/{file}", get(serve_request))
        .route("/sheets/printers/{agent}/{printer}/{file}", get(serve_printer))
}

async fn serve(
    State(app): State<Shared>,
    _: Reader,
    t: Language,
    At(file): At<String>,
    Asked(Span { days }): Asked<Span>,
    (Asked(printers), Asked(makers), Asked(designs)): (
        Asked<PrinterQuery>,
        Asked<MakerQuery>,
        Asked<DesignQuery>,
    ),
) -> Result<Response, Failure> {
    let (name, form) = Form::of(&file)?;
    let table = tables::Table::named(name).ok_or_else(|| missing(&file))?;
    let sheet = move |app: &App| {
        let since = days.map_or(0, |days| since(days, app.view().at));
        let wanted = Wanted { since, printers, makers, designs };
        table.sheet(app, t, &wanted).map(|sheet| form.write(&sheet))
    };
    let bytes = app.blocking(sheet).await?;
    form.answer(bytes, &format!("{}-{file}", app.site.farm))
}

/// What the page of one printer shows.
async fn serve_printer(
    State(app): State<Shared>,
    _: Reader,
    t: Language,
    At((agent, printer, file)): At<(String, String, String)>,
) -> Result<Response, Failure> {
    let (name, form) = Form::of(&file)?;
    let table = printer::Table::named(name).ok_or_else(|| missing(&file))?;
    let saved = format!("{}-{printer}-{file}", app.site.farm);
    let sheet = table.sheet(&app, (agent, printer), t).await?;
    let bytes = app.blocking(move |_| form.write(&sheet)).await;
    form.answer(bytes, &saved)
}

/// The plates of one request.
async fn serve_request(
    State(app): State<Shared>,
    _: Reader,
    t: Language,
    At((id, file)): At<(u64, String)>,
) -> Result<Response, Failure> {
    let (name, form) = Form::of(&file)?;
    let known = app.site.brain.board().requests.iter().any(|row| row.id.0 == id);
    if name != "plates" || !known {
        return Err(missing(&file));
    }
    let sheet = move |app: &App| {
        plates::sheet(app, t, &Plates::Request(id), 0).map(|sheet| form.write(&sheet))
    };
    let bytes = app.blocking(sheet).await?;
    form.answer(bytes, &format!("{}-{id}-{file}", app.site.farm))
}

fn missing(file: &str) -> Failure {
    Failure::missing(format!("there is no sheet {file}"))
        .in_french(format!("il n’y a pas de tableau {file}"))
}

impl Form {
    /// Reads the ending of a file's name; returns what stands before it, too.
    fn of(file: &str) -> Result<(&str, Self), Failure> {
        match file.rsplit_once('.') {
            Some((name, "csv")) => Ok((name, Self::Csv)),
            Some((name, "xlsx")) => Ok((name, Self::Xlsx)),
            Some(_) | None => Err(missing(file)),
        }
    }

    fn write(self, sheet: &Sheet) -> Vec<u8> {
        match self {
            Self::Csv => sheet.csv().into_bytes(),
            Self::Xlsx => xlsx::write(sheet),
        }
    }

    /// Returns the answer that a browser saves under `name`.
    fn answer(self, bytes: Vec<u8>, name: &str) -> Result<Response, Failure> {
        let kind = match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        let saved = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, saved.map_err(|_| missing(name))?),
        ];
        Ok((headers, bytes).into_response())
    }
}

impl Sheet {
    /// Returns the title of each column. Spreadsheets show a moment without its zone, so the title tells it.
    fn titles(&self) -> impl Iterator<Item = String> {
        self.columns.iter().enumerate().map(|(place, title)| {
            let is_moment = |row: &Vec<Cell>| matches!(row.get(place), Some(Cell::Moment(_)));
            let zone = if self.rows.iter().any(is_moment) { " (UTC)" } else { "" };
            format!("{title}{zone}")
        })
    }

    /// Returns it with commas, as RFC 4180 says.
    fn csv(&self) -> String {
        // The mark tells spreadsheet programs that the text is UTF-8.
        let mut text = String::from('\u{feff}');
        let head = self.titles().map(|title| quoted(&title)).collect::<Vec<_>>();
        text.push_str(&head.join(","));
        text.push_str("\r\n");
        for row in &self.rows {
            let cells: Vec<_> = row.iter().map(Cell::csv).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }
}

impl Cell {
    fn csv(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Moment(at) => {
                utc(*at).map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
            }
        }
    }
}

/// Writes text between quotes. A name that begins like a formula gets an apostrophe in front: a
/// spreadsheet must not compute what a stranger wrote.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn utc(at: Timestamp) -> Option<DateTime<chrono::Utc>> {
    DateTime::from_timestamp_millis(i64::try_from(at.0).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_strangers_are_no_formulas() {
        for (text, written) in [
            ("plain", "\"plain\""),
            ("say \"hi\", all", "\"say \"\"hi\"\", all\""),
            ("=HYPERLINK(\"http://evil\")", "\"'=HYPERLINK(\"\"http://evil\"\")\""),
            ("-1", "\"'-1\""),
        ] {
            assert_eq!(quoted(text), written);
        }
    }

    #[test]
    fn both_forms_have_all_cells() {
        let sheet = Sheet {
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![
                vec![Cell::Number(-3), Cell::Moment(Timestamp(0))],
                vec![Cell::Empty, Cell::Text("é".to_owned())],
            ],
        };
        assert_eq!(
            sheet.csv(),
            "\u{feff}\"a\",\"b (UTC)\"\r\n-3,1970-01-01T00:00:00Z\r\n,\"é\"\r\n"
        );
        let xlsx = xlsx::write(&sheet);
        assert!(xlsx.starts_with(b"PK\x03\x04"), "an archive");
        assert_eq!(xlsx[xlsx.len() - 12..xlsx.len() - 10], [6, 0], "of six parts");
    }
}
