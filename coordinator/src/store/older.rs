//! Databases of earlier versions: what they lack is added, nothing is ever taken away.

use rusqlite::Connection;

/// Columns that later versions added, by table.
const ADDED: [(&str, &str, &str); 4] = [
    ("printers", "place", "TEXT"),
    ("printers", "consent", "TEXT"),
    ("requests", "priority", "TEXT NOT NULL DEFAULT 'normal'"),
    ("requests", "due", "TEXT"),
];

/// Adds the columns that are missing.
pub(super) fn bring_up(connection: &Connection) -> rusqlite::Result<()> {
    for (table, column, kind) in ADDED {
        let known = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
        let there: u32 = connection.query_one(known, [table, column], |row| row.get(0))?;
        if there == 0 {
            connection.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_an_earlier_version_gets_what_it_lacks_once() {
        let connection = Connection::open_in_memory().unwrap();
        let old = "CREATE TABLE printers (agent TEXT, printer TEXT, title TEXT) STRICT;
                   CREATE TABLE requests (id INTEGER PRIMARY KEY) STRICT;
                   INSERT INTO requests VALUES (1);";
        connection.execute_batch(old).unwrap();
        bring_up(&connection).unwrap();
        bring_up(&connection).unwrap();
        let insert =
            "INSERT INTO printers (agent, printer, title, place) VALUES ('a', 'p', 't', 'Lyon')";
        connection.execute_batch(insert).unwrap();
        let place: String =
            connection.query_one("SELECT place FROM printers", [], |row| row.get(0)).unwrap();
        assert_eq!(place, "Lyon");
        let priority: String =
            connection.query_one("SELECT priority FROM requests", [], |row| row.get(0)).unwrap();
        assert_eq!(priority, "normal");
    }
}
