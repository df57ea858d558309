//! The folder an OctoPrint runs in: its settings, its user, its key.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How one server differs from the next.
#[derive(Debug, Default)]
pub struct Options {
    /// Laid over our settings, in the shape of OctoPrint's `config.yaml`.
    pub config: Option<Value>,
    /// How many percent of its programmed speed the virtual printer moves at.
    ///
    /// `Some(5000)` prints an unchanged real file about 500 times faster than a machine would.
    pub speed: Option<u32>,
    /// Where the server keeps its files, key and history. Without one it gets a folder that goes with it.
    pub basedir: Option<PathBuf>,
    /// The port it listens at. Without one it takes any that is free.
    pub port: Option<u16>,
}

/// The folder, gone with its server if nobody asked to keep it.
#[derive(Debug)]
pub(crate) enum Basedir {
    Kept(PathBuf),
    Temporary(TempDir),
}

/// A folder a server can be started on.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) basedir: Basedir,
    pub(crate) key: String,
    pub(crate) ready: Ready,
}

/// When a server counts as started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Its settings keep it from connecting to its printer by itself.
    Answering,
    Operational,
}

impl Basedir {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// Writes everything the server needs to be ready without a wizard.
    pub(crate) fn prepare(options: &Options) -> Result<Prepared> {
        let basedir = match &options.basedir {
            Some(path) => Self::Kept(path.clone()),
            None => Self::Temporary(tempfile::tempdir().context("cannot make a folder")?),
        };
        let path = basedir.path();
        fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;

        let mut config = default_config();
        if let Some(extra) = &options.config {
            merge(&mut config, extra);
        }
        write(&path.join("config.yaml"), &config.to_string())?;
        let key = kept_or_new_key(&path.join("api-key"))?;
        write(&path.join("users.yaml"), &users(&key).to_string())?;
        write_speed(path, options.speed)?;
        let ready = match config["serial"]["autoconnect"].as_bool() {
            Some(false) => Ready::Answering,
            Some(true) | None => Ready::Operational,
        };
        Ok(Prepared { basedir, key, ready })
    }
}

/// Returns settings in which no dialogue, network service or injected fault stands in the way.
fn default_config() -> Value {
    json!({
        "server": {
            "firstRun": false,
            "seenWizards": { "corewizard": 4 },
            "onlineCheck": { "enabled": false },
            "pluginBlacklist": { "enabled": false },
            "pythonEolCheck": { "enabled": false },
            // A killed server would come back in safe mode.
            "ignoreIncompleteStartup": true,
        },
        "serial": { "port": "VIRTUAL", "baudrate": 250_000, "autoconnect": true },
        "plugins": {
            // By default every print suffers four faults at line 100.
            "virtual_printer": { "enabled": true, "simulated_errors": [] },
            "_disabled": [
                "announcements", "discovery", "errortracking", "tracking", "softwareupdate",
                "pi_support", "firmware_check", "file_check", "backup", "achievements",
                "health_check", "pluginmanager",
            ],
        },
    })
}

fn users(key: &str) -> Value {
    json!({
        "_version": 2,
        "admin": {
            "active": true, "apikey": key, "groups": ["admins", "users"], "password": "",
            "permissions": [], "settings": {}, "roles": ["user", "admin"],
        },
    })
}

fn merge(into: &mut Value, extra: &Value) {
    match (into, extra) {
        (Value::Object(into), Value::Object(extra)) => {
            for (name, value) in extra {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, extra) => *into = extra.clone(),
    }
}

/// A folder that was kept keeps its key, so that agents find the server they knew.
fn kept_or_new_key(path: &Path) -> Result<String> {
    if let Ok(key) = fs::read_to_string(path)
        && !key.is_empty()
    {
        return Ok(key);
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("the system has no randomness")?;
    let key = format!("{:032X}", u128::from_ne_bytes(random));
    write(path, &key)?;
    Ok(key)
}

fn write_speed(basedir: &Path, speed: Option<u32>) -> Result<()> {
    let folder = basedir.join("scripts").join("gcode");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let script = speed.map_or_else(String::new, |percent| format!("M220 S{percent}\n"));
    write(&folder.join("beforePrintStarted"), &script)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_settings_replace_leaves_and_keep_their_neighbours() {
        let mut config = default_config();
        merge(&mut config, &json!({ "serial": { "autoconnect": false }, "new": [1] }));
        assert_eq!(
            config["serial"],
            json!({ "port": "VIRTUAL", "baudrate": 250_000, "autoconnect": false })
        );
        assert_eq!(config["new"], json!([1]));
    }

    #[test]
    fn a_kept_folder_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let options = || Options { basedir: Some(folder.path().to_owned()), ..Options::default() };
        let first = Basedir::prepare(&options()).unwrap();
        let second = Basedir::prepare(&options()).unwrap();
        assert_eq!(first.key, second.key);
        assert_eq!(first.key.len(), 32);
    }
}
