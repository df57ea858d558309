//! Where an agent keeps what it must not forget or tell: credentials, keys, journals, G-code.
//!
//! The folder is for its owner alone (0700, files 0600), and is made so again at each start. Files
//! are replaced in one step: a power cut leaves the old one or the new one.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use visorfarm_protocol::id::{Incarnation, PrinterId};

use crate::enrol::Membership;
use crate::memos::Memos;

/// None of these files grows beyond a few kilobytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The file with what lets this machine into its farm.
const CREDENTIALS: &str = "credentials.json";

/// The file with the PIN of the maker's own page.
const PAGE_PASS: &str = "page.json";

/// The file with what the farm's people wrote to the maker.
const MEMOS: &str = "memos.json";

/// The state folder.
#[derive(Clone, Debug)]
pub struct StateDir {
    path: PathBuf,
}

/// Why the state folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file operation failed.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A file is not what this program wrote.
    #[error("{path} is not readable: restore it from a backup, or {instead}")]
    Content {
        /// Which one.
        path: PathBuf,
        /// What else helps.
        instead: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// No variable says where the folder should be.
    #[error("HOME is not set: say with {option} where the {what} is")]
    Homeless {
        /// What is looked for.
        what: &'static str,
        /// The option that names it.
        option: &'static str,
    },
    /// It lies on a disk that can only be read.
    #[error(
        "nothing can be written to {path}, as its disk can only be read: once nothing prints, restart \
         this machine, and replace its memory card if that does not help"
    )]
    ReadOnly {
        /// Which folder.
        path: PathBuf,
    },
    /// There is no randomness.
    #[error("this machine gives no random numbers")]
    Random(#[source] getrandom::Error),
}

#[derive(Serialize, Deserialize)]
struct Identity {
    incarnation: Incarnation,
}

/// What opens the maker's own page from the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePass {
    /// What the maker types: six digits.
    pub pin: String,
    /// What a browser keeps once the PIN was right: 32 hexadecimal digits.
    pub key: String,
}

impl PagePass {
    fn draw() -> Result<Self, StateError> {
        let [pin, high, low] = [getrandom::u64(), getrandom::u64(), getrandom::u64()];
        let pin = pin.map_err(StateError::Random)? % 1_000_000;
        let (high, low) = (high.map_err(StateError::Random)?, low.map_err(StateError::Random)?);
        Ok(Self { pin: format!("{pin:06}"), key: format!("{high:016x}{low:016x}") })
    }
}

impl StateDir {
    /// Opens the folder at `path`; makes it if there is none.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let state = Self { path: path.to_owned() };
        for folder in [path.to_owned(), state.path.join("journal"), state.cache()] {
            let failed = |source| failed("make folder", &folder, source);
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
            fs::set_permissions(&folder, Permissions::from_mode(0o700)).map_err(failed)?;
        }
        Ok(state)
    }

    /// Says whether the folder can no longer be written.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        is_read_only(&self.path)
    }

    /// Returns the credentials; none if this machine is in no farm yet.
    pub fn membership(&self) -> Result<Option<Membership>, StateError> {
        self.read(CREDENTIALS, "ask for a new invite and enrol again")
    }

    /// Keeps the credentials.
    pub fn set_membership(&self, membership: &Membership) -> Result<(), StateError> {
        self.write(CREDENTIALS, membership)
    }

    /// Returns the OctoPrint key of each printer that has one.
    pub fn octoprint_keys(&self) -> Result<BTreeMap<PrinterId, String>, StateError> {
        let keys = self.read("octoprint-keys.json", "remove it and get new keys from OctoPrint")?;
        Ok(keys.unwrap_or_default())
    }

    /// Keeps the OctoPrint key of `printer`.
    pub fn set_octoprint_key(&self, printer: &PrinterId, key: &str) -> Result<(), StateError> {
        let mut keys = self.octoprint_keys()?;
        keys.insert(printer.clone(), key.to_owned());
        self.write("octoprint-keys.json", &keys)
    }

    /// Returns the name of this life of the journals; draws it if there is none.
    pub fn incarnation(&self) -> Result<Incarnation, StateError> {
        let name = "identity.json";
        let instead = "move it and the journals away to begin anew";
        if let Some(Identity { incarnation }) = self.read(name, instead)? {
            return Ok(incarnation);
        }
        let drawn = getrandom::u64().map_err(StateError::Random)?;
        let incarnation = format!("{drawn:016x}").parse().expect("hexadecimal digits are a name");
        let identity = Identity { incarnation };
        self.write(name, &identity)?;
        Ok(identity.incarnation)
    }

    /// Returns what opens the maker's own page from the network; drawn when it is first asked for.
    pub fn page_pass(&self) -> Result<PagePass, StateError> {
        match self.read(PAGE_PASS, "delete it to have another PIN")? {
            Some(pass) => Ok(pass),
            None => self.renew_page_pass(),
        }
    }

    /// Draws another PIN, and ends what the one before opened.
    pub fn renew_page_pass(&self) -> Result<PagePass, StateError> {
        let pass = PagePass::draw()?;
        self.write(PAGE_PASS, &pass)?;
        Ok(pass)
    }

    /// Returns the memos that are kept; none if there were none yet.
    pub fn memos(&self) -> Result<Memos, StateError> {
        Ok(self.read(MEMOS, "delete it: unread ones are told again")?.unwrap_or_default())
    }

    /// Keeps the memos.
    pub fn set_memos(&self, memos: &Memos) -> Result<(), StateError> {
        self.write(MEMOS, memos)
    }

    /// Returns where the journal of `printer` is.
    #[must_use]
    pub fn journal(&self, printer: &PrinterId) -> PathBuf {
        self.path.join("journal").join(format!("{printer}.journal"))
    }

    /// Returns the folder of fetched G-code.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache")
    }

    /// Returns where the running agent listens for the maker's commands.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        socket(&self.path)
    }

    /// Returns the folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read<T: DeserializeOwned>(
        &self,
        name: &str,
        instead: &'static str,
    ) -> Result<Option<T>, StateError> {
        let path = self.path.join(name);
        let failed = |source| failed("read", &path, source);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let content = serde_json::from_slice(&bytes).map_err(|source| StateError::Content {
            path: path.clone(),
            instead,
            source,
        })?;
        Ok(Some(content))
    }

    fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), StateError> {
        let path = self.path.join(name);
        let bytes = serde_json::to_vec_pretty(content).expect("our state has string keys");
        replace(&path, &bytes).map_err(|source| failed("write", &path, source))
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> StateError {
    let path = path.to_owned();
    if source.kind() == io::ErrorKind::ReadOnlyFilesystem {
        return StateError::ReadOnly { path };
    }
    StateError::File { doing, path, source }
}

/// Returns where the agent of the state folder at `path` listens for the maker's commands.
#[must_use]
pub fn socket(path: &Path) -> PathBuf {
    path.join("agent.sock")
}

/// Says whether the state folder at `path` can no longer be written, as on a memory card that wears
/// out: after an error the system lets it only be read. It is asked without writing anything, so that
/// it may be asked often.
#[must_use]
pub fn is_read_only(path: &Path) -> bool {
    // Who only opens a file that is there changes nothing of it, and is refused all the same.
    let opened = OpenOptions::new().write(true).open(path.join(CREDENTIALS));
    opened.is_err_and(|error| error.kind() == io::ErrorKind::ReadOnlyFilesystem)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    // One that a crash left behind may have any owner and mode.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(path.parent().expect("a state file is in the state folder"))?.sync_all()
}

/// Returns where the state folder is unless `--state` says otherwise.
pub fn default_state() -> Result<PathBuf, StateError> {
    // systemd's `StateDirectory=` comes first: it is made for this service.
    if let Some(path) = variable("STATE_DIRECTORY") {
        return Ok(path);
    }
    let base = in_home("XDG_STATE_HOME", ".local/state", ("state folder", "--state"))?;
    Ok(base.join("visorfarm"))
}

/// Returns where the settings are unless `--config` says otherwise.
pub fn default_config() -> Result<PathBuf, StateError> {
    let base = in_home("XDG_CONFIG_HOME", ".config", ("settings file", "--config"))?;
    Ok(base.join("visorfarm").join("agent.toml"))
}

fn in_home(
    name: &str,
    below_home: &str,
    (what, option): (&'static str, &'static str),
) -> Result<PathBuf, StateError> {
    variable(name)
        .or_else(|| variable("HOME").map(|home| home.join(below_home)))
        .ok_or(StateError::Homeless { what, option })
}

/// Returns an absolute path from the environment; relative ones are to be ignored.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn printer(name: &str) -> PrinterId {
        PrinterId::new(name).unwrap()
    }

    #[test]
    fn nobody_else_can_read_it_even_if_it_was_open_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visorfarm");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        let state = StateDir::open(&path).unwrap();
        state.set_octoprint_key(&printer("ender"), "secret").unwrap();
        state.incarnation().unwrap();
        assert_eq!((mode(&path), mode(&state.cache())), (0o700, 0o700));
        for name in ["octoprint-keys.json", "identity.json"] {
            assert_eq!(mode(&path.join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn keys_of_several_printers_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        assert_eq!(state.octoprint_keys().unwrap(), BTreeMap::new());
        state.set_octoprint_key(&printer("a"), "1").unwrap();
        state.set_octoprint_key(&printer("b"), "2").unwrap();
        state.set_octoprint_key(&printer("a"), "3").unwrap();
        let kept = [(printer("a"), "3".to_owned()), (printer("b"), "2".to_owned())];
        assert_eq!(state.octoprint_keys().unwrap(), BTreeMap::from(kept));
    }

    #[test]
    fn an_incarnation_is_drawn_once() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        let drawn = state.incarnation().unwrap();
        assert_eq!(StateDir::open(folder.path()).unwrap().incarnation().unwrap(), drawn);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(StateDir::open(other.path()).unwrap().incarnation().unwrap(), drawn);
    }

    #[test]
    fn a_pin_is_drawn_once_for_its_owner_alone_until_another_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        let pass = state.page_pass().unwrap();
        assert_eq!((pass.pin.len(), pass.key.len()), (6, 32));
        assert_eq!(mode(&folder.path().join(PAGE_PASS)), 0o600);
        assert_eq!(StateDir::open(folder.path()).unwrap().page_pass().unwrap(), pass);
        let renewed = state.renew_page_pass().unwrap();
        assert_ne!(renewed.key, pass.key);
        assert_eq!(state.page_pass().unwrap(), renewed);
    }

    #[test]
    fn a_file_of_nonsense_is_an_error_and_not_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::open(folder.path()).unwrap();
        fs::write(folder.path().join("credentials.json"), "{}").unwrap();
        assert!(matches!(state.membership(), Err(StateError::Content { .. })));
    }
}
