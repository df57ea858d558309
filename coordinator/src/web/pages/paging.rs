//! Lists page by page, by their number in the address.

/// Which page of a list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Counts from 1.
    pub(super) at: usize,
    pub(super) pages: usize,
    pub(super) per: usize,
}

impl Slot {
    /// Returns the page number `asked` of a list of `found` rows, or the nearest that there is.
    pub(super) fn new(asked: usize, found: usize, per: usize) -> Self {
        let pages = found.div_ceil(per).max(1);
        Self { at: asked.clamp(1, pages), pages, per }
    }

    /// Returns how many rows stand on the pages before.
    pub(super) fn before(self) -> usize {
        (self.at - 1) * self.per
    }

    /// Returns the rows of this page.
    pub(super) fn of<T>(self, rows: &[T]) -> &[T] {
        let rest = &rows[self.before().min(rows.len())..];
        &rest[..self.per.min(rest.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_one_page() {
        for (asked, found, at, rows) in [
            (0, 0, 1, &[][..]),
            (9, 0, 1, &[]),
            (0, 7, 1, &[0, 1, 2]),
            (2, 7, 2, &[3, 4, 5]),
            (3, 7, 3, &[6]),
            (4, 7, 3, &[6]),
            (2, 6, 2, &[3, 4, 5]),
        ] {
            let slot = Slot::new(asked, found, 3);
            let all: Vec<_> = (0..found).collect();
            assert_eq!((slot.at, slot.of(&all)), (at, rows), "{asked} of {found}");
        }
    }
}
