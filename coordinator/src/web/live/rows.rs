//! The printers, of which there may be thousands: rows of numbers. Each is sent as
//! `[number, mask, values...]`, where the mask's bits name the columns that follow.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::web::view::{Kind, PrinterView};

/// What is sent of each printer, in the order of the mask's bits.
pub(super) const COLUMNS: [&str; 16] = [
    "doing", "percent", "ends", "nozzle", "bed", "printed", "heard", "title", "design", "revision",
    "pieces", "request", "fault", "picture", "filament", "judged",
];

/// Printers in the order of their numbers, which never change.
#[derive(Clone, Default)]
pub(super) struct Rows {
    rows: Vec<Arc<Row>>,
}

/// The printers that a viewer looks at. Of the others it is sent the kind alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// By number, in order.
    Only(Vec<u32>),
}

#[derive(Clone)]
struct Row {
    cells: [Cell; COLUMNS.len()],
    /// The step in which each cell became so.
    steps: [u64; COLUMNS.len()],
    kind: Option<Kind>,
    /// The step in which the kind became so.
    kind_step: u64,
    /// The step in which anything became so.
    step: u64,
}

#[derive(Clone, Debug, PartialEq)]
enum Cell {
    None,
    Word(&'static str),
    Number(i64),
    Text(String),
}

impl Rows {
    /// Takes over the printers as step `seq`; says whether anything is different.
    pub(super) fn update(&mut self, printers: &[PrinterView], seq: u64) -> bool {
        let mut changed = false;
        let mut seen = vec![false; self.rows.len()];
        for printer in printers {
            let place = printer.number as usize;
            while self.rows.len() <= place {
                self.rows.push(Arc::new(Row::unknown()));
                seen.push(false);
            }
            seen[place] = true;
            if let Some(next) = self.rows[place].next(printer, seq) {
                self.rows[place] = Arc::new(next);
                changed = true;
            }
        }
        for (row, seen) in self.rows.iter_mut().zip(seen) {
            if !seen && row.kind.is_some() {
                let gone = Row { kind: None, kind_step: seq, step: seq, ..Row::unknown() };
                *row = Arc::new(gone);
                changed = true;
            }
        }
        changed
    }

    /// Adds to `data` what changed after step `seen`.
    pub(super) fn since(&self, seen: Option<u64>, wanted: &Wanted, data: &mut Map<String, Value>) {
        let mut add = |name: &str, value: Vec<Value>| {
            if !value.is_empty() {
                data.insert(name.to_owned(), Value::Array(value));
            }
        };
        let numbered = || self.rows.iter().enumerate();
        let after = seen.unwrap_or(0);
        let kinds = numbered().filter(|(_, row)| after < row.kind_step);
        let looked_at = numbered().filter(|(number, row)| after < row.step && wanted.has(*number));
        let (here, gone): (Vec<_>, Vec<_>) = looked_at.partition(|(_, row)| row.kind.is_some());
        add("printers", here.iter().map(|(number, row)| row.since(*number, after)).collect());
        if seen.is_some() {
            add(
                "changed",
                kinds
                    .map(|(n, row)| Value::from(vec![Value::from(n), row.letter().into()]))
                    .collect(),
            );
            add("gone", gone.iter().map(|(number, _)| Value::from(*number)).collect());
        } else {
            let letters: String = self.rows.iter().map(|row| row.letter()).collect();
            data.insert("cells".to_owned(), letters.into());
            data.insert("columns".to_owned(), COLUMNS.to_vec().into());
        }
    }
}

impl Row {
    fn unknown() -> Self {
        const NONE: Cell = Cell::None;
        let count = COLUMNS.len();
        let (cells, steps) = ([NONE; COLUMNS.len()], [0; COLUMNS.len()]);
        debug_assert!(count <= 16, "a mask stays short");
        Self { cells, steps, kind: None, kind_step: 0, step: 0 }
    }

    /// Returns the row as `printer` is now, unless it is so already.
    fn next(&self, printer: &PrinterView, seq: u64) -> Option<Self> {
        let cells = Cell::all(printer);
        if self.kind == Some(printer.kind) && self.cells == cells {
            return None;
        }
        let mut next = Self { step: seq, kind: Some(printer.kind), ..self.clone() };
        if self.kind != next.kind {
            next.kind_step = seq;
        }
        let born = self.kind.is_none();
        for (column, cell) in cells.into_iter().enumerate() {
            if born || next.cells[column] != cell {
                next.cells[column] = cell;
                next.steps[column] = seq;
            }
        }
        Some(next)
    }

    fn since(&self, number: usize, after: u64) -> Value {
        let mut values = vec![Value::from(number), Value::Null];
        let mut mask = 0;
        for (column, cell) in self.cells.iter().enumerate() {
            if after < self.steps[column] {
                mask |= 1 << column;
                values.push(cell.value());
            }
        }
        values[1] = Value::from(mask);
        Value::Array(values)
    }

    /// Returns the kind as one letter; `x` for a printer that is gone.
    fn letter(&self) -> &'static str {
        match self.kind {
            Some(kind) => kind.letter(),
            None => "x",
        }
    }
}

impl Cell {
    fn all(printer: &PrinterView) -> [Self; COLUMNS.len()] {
        let text = |text: &Option<String>| text.clone().map_or(Self::None, Self::Text);
        let number = |number: Option<i64>| number.map_or(Self::None, Self::Number);
        let moment = |at: Option<crate::clock::Timestamp>| {
            number(at.map(|at| i64::try_from(at.0).unwrap_or(i64::MAX)))
        };
        [
            Self::Word(printer.doing.code()),
            number(printer.percent.map(i64::from)),
            moment(printer.ends),
            number(printer.nozzle.map(i64::from)),
            number(printer.bed.map(i64::from)),
            Self::Number(printer.printed),
            moment(printer.heard),
            Self::Text(printer.title.clone()),
            text(&printer.design),
            text(&printer.revision),
            number(printer.pieces.map(i64::from)),
            number(printer.request.map(|request| i64::try_from(request).unwrap_or(i64::MAX))),
            text(&printer.fault),
            text(&printer.picture),
            number(printer.filament.map(i64::from)),
            moment(printer.judged),
        ]
    }

    fn value(&self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Word(word) => Value::from(*word),
            Self::Number(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_str()),
        }
    }
}

impl Wanted {
    /// Reads `all`, or numbers with commas; whatever else is written means no printer.
    pub(super) fn parse(text: &str) -> Self {
        if text == "all" {
            return Self::All;
        }
        let mut numbers: Vec<u32> =
            text.split(',').filter_map(|number| number.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self::Only(numbers)
    }

    fn has(&self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(numbers) => {
                u32::try_from(number).is_ok_and(|number| numbers.binary_search(&number).is_ok())
            }
        }
    }
}
