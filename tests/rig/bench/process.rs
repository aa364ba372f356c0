//! What the system knows of a process: the time it took of a core, and the memory it holds.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result};

/// A process by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

/// How much of a core was taken in some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    cpu: Duration,
    time: Duration,
}

impl Share {
    pub(crate) fn percent(self) -> f64 {
        100.0 * self.cpu.as_secs_f64() / self.time.as_secs_f64()
    }
}

impl Process {
    /// The time that its threads have run. Those that have ended are left out; midwatch's live as long as it does.
    pub(crate) fn cpu(self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.0))? {
            // A thread may end while one looks.
            let told = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            nanoseconds += told.split(' ').next().and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// How much of a core it takes while something is done.
    pub(crate) fn share<T>(self, act: impl FnOnce() -> Result<T>) -> Result<(Share, T)> {
        let (before, begun) = (self.cpu()?, Instant::now());
        let done = act()?;
        Ok((Share { cpu: self.cpu()?.saturating_sub(before), time: begun.elapsed() }, done))
    }

    /// The memory that it holds now, in MiB.
    pub(crate) fn resident(self) -> Result<f64> {
        self.status("VmRSS:")
    }

    /// The most that it ever held, in MiB.
    pub(crate) fn peak(self) -> Result<f64> {
        self.status("VmHWM:")
    }

    fn status(self, field: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or_eyre("the process has ended")?;
        let kibibytes: u32 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(f64::from(kibibytes) / 1024.0)
    }

    /// Waits until it has come to rest: two seconds in which it takes next to nothing of a core.
    pub(crate) fn rests(self) -> Result<()> {
        let end = Instant::now() + Duration::from_mins(1);
        while Instant::now() < end {
            let (share, ()) = self.share(|| {
                sleep(Duration::from_secs(2));
                Ok(())
            })?;
            if share.percent() < 1.0 {
                break;
            }
        }
        Ok(())
    }
}
