//! A memory card of its own for a test, which can wear out while programs write to it.
//!
//! No file system is made read-only by a command while a file on it is open for writing. One that finds an error makes
//! itself so: `ext4` with `errors=remount-ro`, as Linux distributions mount what a Raspberry Pi runs on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Room for a state folder.
const BYTES: u64 = 256 << 20;

/// A card with a file system on it, in a file. Dropping it takes it out.
#[derive(Debug)]
pub struct Card {
    image: PathBuf,
    folder: PathBuf,
}

impl Card {
    /// Puts a new card in at `folder`; what is on it lies in a file beside.
    ///
    /// # Errors
    ///
    /// Fails for anybody but root, and where there are no loop devices.
    pub fn put_in(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let card = Self { image: folder.with_extension("card"), folder: folder.to_owned() };
        let made = File::create(&card.image).and_then(|image| image.set_len(BYTES));
        made.with_context(|| format!("cannot make {}", card.image.display()))?;
        run(Command::new("mkfs.ext4").arg("-q").arg(&card.image))?;
        card.mount()?;
        Ok(card)
    }

    /// Lets it wear out under whoever uses it: nothing more can be written.
    pub fn wear_out(&self) -> Result<()> {
        let device = run(Command::new("findmnt").args(["-no", "SOURCE"]).arg(&self.folder))?;
        let device = device.trim().trim_start_matches("/dev/").to_owned();
        let trigger = Path::new("/sys/fs/ext4").join(device).join("trigger_fs_error");
        fs::write(&trigger, "worn out").with_context(|| format!("no {}", trigger.display()))?;
        let written = File::create(self.folder.join("probe"));
        ensure!(written.is_err(), "{} can be written as before", self.folder.display());
        Ok(())
    }

    /// Does what a restart of the machine does: looks for what is wrong on it, and mends that. Nobody may use it.
    pub fn mend(&self) -> Result<()> {
        run(Command::new("umount").arg(&self.folder))?;
        // It says by its exit code that it found and mended something.
        let looked = Command::new("e2fsck").arg("-p").arg(&self.image).output();
        let looked = looked.context("cannot run e2fsck")?;
        let found = String::from_utf8_lossy(&looked.stdout);
        ensure!(looked.status.code() == Some(1), "nothing was mended: {found}");
        self.mount()
    }

    fn mount(&self) -> Result<()> {
        let options = "loop,errors=remount-ro";
        run(Command::new("mount").args(["-o", options]).arg(&self.image).arg(&self.folder))?;
        Ok(())
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        // Lazily: a program that is killed a moment later still has files open.
        Command::new("umount").arg("--lazy").arg(&self.folder).status().ok();
    }
}

/// Runs a command that must succeed, and returns what it printed.
fn run(command: &mut Command) -> Result<String> {
    let cannot = format!("cannot run {command:?}");
    let ended = command.output().with_context(|| cannot.clone())?;
    ensure!(ended.status.success(), "{cannot}: {}", String::from_utf8_lossy(&ended.stderr));
    Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
}
