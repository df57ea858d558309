//! A program of ours that runs beside the test, and ends with it, however that happens.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// Becomes the program, and leaves behind a guard in its process group that kills the group when
/// the other end of its standard input goes: nothing outlives a test that is killed. While the guard
/// lives, the group's number is nobody else's.
const GUARDED: &str = "exec 3<&0; (read -r _ <&3; kill -9 -$$) & exec \"$@\" </dev/null 3<&-";

/// A program that was told to end may finish what it does; one that takes longer hangs.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// The longest that a command may take which does one thing and ends.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// How much of a log is shown when a test fails.
const LINES_SHOWN: usize = 40;

/// A running program with its log. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    log: PathBuf,
    child: Child,
    pid: Pid,
    /// Its guard's end of life. Held apart: waiting for a child closes what it still holds.
    leash: Option<ChildStdin>,
}

impl Process {
    /// Starts `program` with `variables` in its environment; what it says is appended to the file `log`.
    pub(crate) fn start(
        program: &Path,
        args: &[&str],
        log: &Path,
        variables: &[(&str, String)],
    ) -> Result<Self> {
        let cannot = || format!("cannot write the log {}", log.display());
        let out = File::options().create(true).append(true).open(log).with_context(cannot)?;
        let err = out.try_clone().with_context(cannot)?;
        let mut command = Command::new("sh");
        command.args(["-c", GUARDED, "sh"]).arg(program).args(args);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let mut child = plain(&mut command)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let pid = pid.context("a program that was just started has no number")?;
        let leash = child.stdin.take();
        Ok(Self { log: log.to_owned(), child, pid, leash })
    }

    /// Fails if the program has ended by itself.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        let ended = self.child.try_wait().context("cannot watch a program")?;
        ensure!(ended.is_none(), "ended by itself ({ended:?}): {}", tail(&self.log));
        Ok(())
    }

    /// Says whether the program has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait().context("cannot watch a program")?.is_some())
    }

    /// Kills it as a power cut does.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.kill_group();
        self.child.wait().await.context("cannot wait for a killed program")?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<ExitStatus> {
        kill_process(self.pid, Signal::TERM).context("cannot end a program")?;
        let ended = timeout(ENDS_WITHIN, self.child.wait()).await;
        ended
            .with_context(|| format!("still runs after {ENDS_WITHIN:?}: {}", tail(&self.log)))?
            .context("cannot wait for a program")
    }

    /// Waits until it has ended by itself, and returns what it logged last.
    pub(crate) async fn ended(mut self) -> Result<String> {
        let ended = timeout(ENDS_WITHIN, self.child.wait()).await;
        let ended = ended
            .with_context(|| format!("still runs after {ENDS_WITHIN:?}: {}", tail(&self.log)))?
            .context("cannot wait for a program")?;
        ensure!(!ended.success(), "ended as if all were well: {}", tail(&self.log));
        Ok(tail(&self.log))
    }

    /// Returns the number of the program; the shell that guards it became it.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Freezes it: its sockets stay open, nothing answers. The guard stays awake.
    pub(crate) fn freeze(&self) -> Result<()> {
        kill_process(self.pid, Signal::STOP).context("cannot freeze a program")
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) -> Result<()> {
        kill_process(self.pid, Signal::CONT).context("cannot thaw a program")
    }

    fn kill_group(&self) {
        // Already gone is as good as killed.
        let _ = kill_process_group(self.pid, Signal::KILL);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
        // The guard went with the group.
        drop(self.leash.take());
        if std::thread::panicking() {
            let name = self.log.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let shown = format!("--- {name} ends with\n{}\n", tail(&self.log));
            // Where the test's output goes is the best place there is; losing it changes nothing.
            std::io::stderr().write_all(shown.as_bytes()).ok();
        }
    }
}

/// Runs `program` to its end and returns what it said.
pub(crate) async fn run(program: &Path, args: &[&str]) -> Result<Output> {
    let mut command = Command::new(program);
    let ended = plain(command.args(args)).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(ANSWERS_WITHIN, ended)
        .await
        .with_context(|| format!("{} {} takes too long", program.display(), args.join(" ")))?;
    output.with_context(|| format!("cannot run {}", program.display()))
}

/// Runs `program` to its end, which must be a good one, and returns the line it printed.
pub(crate) async fn ask(program: &Path, args: &[&str]) -> Result<String> {
    let output = run(program, args).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(output.status.success(), "{name} {} failed: {said}{answer}", args.join(" "));
    Ok(answer)
}

/// Returns the last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
}

/// Logs without colours and messages in English, whatever the terminal of the person is.
fn plain(command: &mut Command) -> &mut Command {
    command.env("NO_COLOR", "1").env("LC_ALL", "C").env("LANG", "C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_ends_by_itself_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut process =
            Process::start(Path::new("sh"), &["-c", "echo last words >&2; exit 3"], &log, &[])
                .unwrap();
        process.child.wait().await.unwrap();
        let error = process.must_run().unwrap_err().to_string();
        assert!(error.contains("last words"), "{error}");
    }

    #[tokio::test]
    async fn a_program_ends_when_the_other_end_of_its_input_goes() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut process = Process::start(Path::new("sleep"), &["600"], &log, &[]).unwrap();
        drop(process.leash.take());
        let ended = timeout(ENDS_WITHIN, process.child.wait()).await.unwrap().unwrap();
        assert!(!ended.success());
    }
}
