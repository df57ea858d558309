//! A small disk of its own for a test, which can be filled up.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What fills the disk.
const BALLAST: &str = "ballast";

/// How much is written at a time to fill it up.
const CHUNK: [u8; 4096] = [0; 4096];

/// A file system in memory. Dropping it unmounts it.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of `megabytes` at `folder`.
    ///
    /// # Errors
    ///
    /// Fails for anybody but root.
    pub fn mount(folder: &Path, megabytes: u32) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let options = format!("size={megabytes}m,mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "visorfarm-test"]).arg(folder);
        let mounted = mount.output().context("cannot run mount")?;
        let said = String::from_utf8_lossy(&mounted.stderr);
        ensure!(mounted.status.success(), "a small disk needs root: {said}");
        Ok(Self(folder.to_owned()))
    }

    /// Fills it up to the last byte.
    pub fn fill(&self) -> Result<()> {
        let mut ballast = File::create(self.ballast()).context("cannot begin to fill the disk")?;
        loop {
            match ballast.write_all(&CHUNK) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error).context("cannot fill the disk"),
            }
        }
    }

    /// Fills it so far that `megabytes` are left of an empty one.
    pub fn fill_but(&self, megabytes: u64) -> Result<()> {
        self.fill()?;
        let ballast = File::options().write(true).open(self.ballast())?;
        let bytes = ballast.metadata()?.len();
        let kept = bytes.checked_sub(megabytes << 20).context("the disk is smaller than that")?;
        ballast.set_len(kept).context("cannot leave room on the disk")
    }

    /// Takes out what filled it.
    pub fn clear(&self) -> Result<()> {
        fs::remove_file(self.ballast()).context("cannot clear the disk")
    }

    /// Lets nobody write to it any more, as a memory card that wore out. While a file is open for
    /// writing the system refuses.
    pub fn protect(&self) -> Result<()> {
        self.remount("remount,ro")
    }

    /// Lets everybody write to it again.
    pub fn unprotect(&self) -> Result<()> {
        self.remount("remount,rw")
    }

    fn remount(&self, options: &str) -> Result<()> {
        let mut mount = Command::new("mount");
        let mounted =
            mount.args(["-o", options]).arg(&self.0).output().context("cannot run mount")?;
        let said = String::from_utf8_lossy(&mounted.stderr);
        ensure!(mounted.status.success(), "{}: {said}", self.0.display());
        Ok(())
    }

    fn ballast(&self) -> PathBuf {
        self.0.join(BALLAST)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a program that is killed a moment later still has files open.
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}
