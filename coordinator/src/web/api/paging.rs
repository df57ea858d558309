//! Lists, page by page.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::store::history::Window;
use crate::web::Shared;
use crate::web::answer::Failure;

/// The most rows of an answer.
const LIMIT_MAX: u32 = 1_000;

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// The `next` of the page before; 0 for the first.
    #[serde(default)]
    after: u64,
    /// The most rows, up to 1000.
    #[serde(default = "usual_limit")]
    limit: u32,
}

/// Which part of a list, and of which request.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestPaging {
    /// The `next` of the page before; 0 for the first.
    #[serde(default)]
    after: u64,
    /// The most rows, up to 1000.
    #[serde(default = "usual_limit")]
    limit: u32,
    /// Only what belongs to this request.
    #[serde(default)]
    request: Option<u64>,
}

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// The rows, oldest first.
    pub(super) items: Vec<T>,
    /// What to pass as `after` for the rows that follow; null at the end.
    pub(super) next: Option<u64>,
}

fn usual_limit() -> u32 {
    100
}

fn check(limit: u32) -> Result<u32, Failure> {
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Failure::unreadable(format!("limit = {limit}: ask for 1 to {LIMIT_MAX} rows")))
}

impl Paging {
    pub(super) fn window(&self) -> Result<Window, Failure> {
        Ok(Window { after: self.after, limit: check(self.limit)?, request: None })
    }

    /// Returns the part of `rows` that was asked for; the mark is the number of rows before it.
    pub(super) fn cut<T: Clone>(&self, rows: &[T]) -> Result<Page<T>, Failure> {
        let limit = check(self.limit)? as usize;
        let before = usize::try_from(self.after).unwrap_or(usize::MAX).min(rows.len());
        let items: Vec<T> = rows[before..].iter().take(limit).cloned().collect();
        let end = before + items.len();
        Ok(Page { items, next: (end < rows.len()).then_some(end as u64) })
    }
}

impl RequestPaging {
    pub(super) fn window(&self) -> Result<Window, Failure> {
        Ok(Window { after: self.after, limit: check(self.limit)?, request: self.request })
    }
}

impl<T> Page<T> {
    /// Returns a page of `items`, each with the mark that `mark` gives it.
    pub(super) fn new(items: Vec<T>, window: Window, mark: fn(&T) -> u64) -> Self {
        let full = items.len() == window.limit as usize;
        let next = items.last().filter(|_| full).map(mark);
        Self { items, next }
    }
}

/// Reads a page of the past, where it holds up nobody.
pub(super) async fn read<T: Send + 'static>(
    app: &Shared,
    window: Window,
    list: fn(
        &crate::store::history::History,
        Window,
    ) -> Result<Vec<T>, crate::store::history::HistoryFailed>,
    mark: fn(&T) -> u64,
) -> Result<Page<T>, Failure> {
    let items = app.blocking(move |app| list(&app.site.history, window)).await?;
    Ok(Page::new(items, window, mark))
}
