//! What a coordinator takes while printers print: each says once a second how it is, and one
//! person looks at the live page.

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at, sleep};

use super::Pace;
use super::crowd;
use super::farm::Farm;
use super::figure::Figure;
use super::page::{Look, Page, Shown, Traffic};
use super::plate::Plate;
use super::programs::Programs;
use super::samples::Samples;
use crate::simulated::connection::Connection;
use crate::simulated::member::{Member, nozzle_celsius};

const STATUS_EVERY: Duration = Duration::from_secs(1);

/// The nearest rival with as many printers, as we measured it on such a machine.
struct Rival {
    printers: usize,
    rss_mb: f64,
    cpu_percent: f64,
    page_kb_per_second: f64,
    /// Seconds until a change can be seen: p50, p90, the longest.
    visible: [f64; 3],
}

const RIVALS: [Rival; 3] = [
    Rival {
        printers: 3,
        rss_mb: 172.0,
        cpu_percent: 2.9,
        page_kb_per_second: 9.2,
        visible: [0.32, 0.50, 0.50],
    },
    Rival {
        printers: 100,
        rss_mb: 397.0,
        cpu_percent: 26.5,
        page_kb_per_second: 302.0,
        visible: [0.36, 0.50, 2.07],
    },
    Rival {
        printers: 1_000,
        rss_mb: 844.0,
        cpu_percent: 76.0,
        page_kb_per_second: 2_916.0,
        visible: [2.0, 7.9, 15.9],
    },
];

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let mut figures = vec![without_agents(pace, programs).await?];
    for rival in &RIVALS {
        let measured = with_agents(pace, programs, rival).await;
        figures.extend(measured.with_context(|| format!("with {} agents", rival.printers))?);
    }
    Ok(figures)
}

async fn without_agents(pace: Pace, programs: &Programs) -> Result<Figure> {
    let farm = Farm::start(programs).await?;
    sleep(warm_up(pace)).await;
    let usage =
        farm.process.watch(pace.pick(Duration::from_secs(20), Duration::from_secs(5))).await?;
    let how = format!("{:.0} s, CPU {:.2} %", usage.window.as_secs_f64(), usage.cpu_percent());
    Ok(Figure::new("coordinator, 0 agents: RSS", usage.rss_mean_mb(), "MB", how).rival(168.0))
}

fn warm_up(pace: Pace) -> Duration {
    pace.pick(Duration::from_secs(10), Duration::from_secs(3))
}

async fn with_agents(pace: Pace, programs: &Programs, rival: &Rival) -> Result<Vec<Figure>> {
    let agents = rival.printers;
    let plate = Plate::quick();
    let farm = Farm::start(programs).await?;
    let crowd = crowd::at_work(&farm, agents, &plate).await?;
    let probe = &crowd[0].0;
    let key = format!("{}/{}", probe.credentials.agent, probe.printer);
    let viewer = Page::open(&farm, Watcher { key, seen: Vec::new() }).await?;

    let window = pace.pick(Duration::from_mins(1), Duration::from_secs(10));
    let end = Instant::now() + warm_up(pace) + window + STATUS_EVERY;
    let reporters = crowd.into_iter().enumerate().map(|(number, (member, connection))| {
        let share = f64::from(u32::try_from(number * 1000 / agents).unwrap_or(0)) / 1000.0;
        tokio::spawn(report(member, connection, STATUS_EVERY.mul_f64(share), end))
    });
    let reporters: Vec<_> = reporters.collect();
    sleep(warm_up(pace)).await;
    let usage = farm.process.watch(window).await?;

    let mut reported = Vec::new();
    for ended in try_join_all(reporters).await? {
        reported.push(ended?);
    }
    // What was said last is shown, too.
    sleep(STATUS_EVERY).await;
    let (watcher, traffic) = viewer.close().await?;
    let said: usize = reported.iter().map(|reported| reported.said.len()).sum();
    let expected = agents * usize::try_from((warm_up(pace) + window).as_secs())?;
    ensure!(expected <= said, "only {said} of {expected} status messages were acknowledged");
    let visible = watcher.visible(&reported[0].said)?;
    for Reported { mut member, mut connection, .. } in reported {
        let ended = member.ended(0);
        member.tell(&mut connection, vec![ended]).await?;
    }
    farm.check_printed(agents as u64 * u64::from(plate.pieces)).await?;

    let seconds = usage.window.as_secs_f64();
    let name = |what: &str| format!("coordinator, {agents} agents: {what}");
    let how = format!(
        "{seconds:.0} s, mean of one look a second, peak {:.1} MB; {said} status messages, one a \
         second each, all acknowledged; totals equal what was printed, check clean",
        usage.rss_peak_mb()
    );
    let also = || "same run, one viewer".to_owned();
    let mut figures = vec![
        Figure::new(name("RSS"), usage.rss_mean_mb(), "MB", how).rival(rival.rss_mb),
        Figure::new(name("CPU"), usage.cpu_percent(), "%", also()).rival(rival.cpu_percent),
        page_traffic(&name("live stream"), traffic, pace, rival),
    ];
    let how = format!("{} changes, sent to seen on the stream", visible.len());
    for (percent, rival) in [50, 90, 100].into_iter().zip(rival.visible) {
        let seconds = visible.percentile(percent).as_secs_f64();
        let what = name(&format!("change visible, p{percent}"));
        figures.push(Figure::new(what, seconds, "s", how.clone()).rival(rival));
    }
    Ok(figures)
}

fn page_traffic(what: &str, traffic: Traffic, pace: Pace, rival: &Rival) -> Figure {
    let window = pace.pick(Duration::from_mins(1), Duration::from_secs(10));
    let seconds = (warm_up(pace) + window).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rate = traffic.bytes as f64 / 1e3 / seconds;
    let how = format!("{} frames in {seconds:.0} s, snapshot included", traffic.frames);
    Figure::new(what, rate, "kB/s", how).rival(rival.page_kb_per_second)
}

/// What one agent said, and when; the agent and its connection live on.
struct Reported {
    member: Member,
    connection: Connection,
    said: Vec<(u16, Instant)>,
}

/// Says once a second how the printer is, from `phase` on, until `end`.
async fn report(
    member: Member,
    connection: Connection,
    phase: Duration,
    end: Instant,
) -> Result<Reported> {
    let mut every = interval_at(Instant::now() + phase, STATUS_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut said = Vec::new();
    for second in 1.. {
        let at = every.tick().await;
        if end < at {
            break;
        }
        let sent = Instant::now();
        connection.say(&member.status(second)).await?;
        said.push((second, sent));
    }
    Ok(Reported { member, connection, said })
}

/// Notes when each temperature of one printer can first be seen.
struct Watcher {
    key: String,
    seen: Vec<(i64, Instant)>,
}

impl Look for Watcher {
    fn see(&mut self, shown: &Shown, at: Instant) {
        if shown.printer == self.key && shown.column == "nozzle" {
            self.seen.extend(shown.value.as_i64().map(|celsius| (celsius, at)));
        }
    }
}

impl Watcher {
    /// Returns how long each of the printer's statuses took to be seen.
    fn visible(&self, said: &[(u16, Instant)]) -> Result<Samples> {
        let shown = |&(second, sent): &(u16, Instant)| {
            let matches = |celsius: i64| i64::from(nozzle_celsius(second)) == celsius;
            let seen = self.seen.iter().find(|(celsius, at)| matches(*celsius) && sent <= *at);
            seen.map(|(_, at)| at.duration_since(sent))
        };
        let visible: Samples = said.iter().filter_map(shown).collect();
        let (seen, all) = (visible.len(), said.len());
        // A change that the next one overtakes before a step is not shown: none should be.
        ensure!(all <= seen + 1, "only {seen} of {all} changes could be seen");
        Ok(visible)
    }
}
