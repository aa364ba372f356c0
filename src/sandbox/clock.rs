//! The sandbox's clock: real time counted from a chosen start, or a clock that only moves when it is told to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Tells the simulated fleet what time it is; clones share one time.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Timestamp,
    pace: Pace,
}

#[derive(Clone, Debug)]
enum Pace {
    Real { since: Instant },
    Manual { elapsed: Arc<watch::Sender<Duration>> },
}

impl Clock {
    /// Shows `start` now and goes on in real time.
    pub fn real_from(start: Timestamp) -> Self {
        Self { start, pace: Pace::Real { since: Instant::now() } }
    }

    /// Shows `start` and stands still until [`Clock::advance`] is called.
    pub fn manual(start: Timestamp) -> Self {
        Self { start, pace: Pace::Manual { elapsed: Arc::new(watch::Sender::new(Duration::ZERO)) } }
    }

    /// Returns the time it shows.
    pub fn now(&self) -> Timestamp {
        match &self.pace {
            Pace::Real { since } => self.start + since.elapsed(),
            Pace::Manual { elapsed } => self.start + *elapsed.borrow(),
        }
    }

    /// Moves a manual clock forward; a real clock cannot be moved and takes no notice.
    pub fn advance(&self, by: Duration) {
        if let Pace::Manual { elapsed } = &self.pace {
            elapsed.send_modify(|sum| *sum += by);
        }
    }

    /// Returns the time at which this clock began, cut to a whole second as Kubernetes writes it.
    pub(super) fn start(&self) -> Timestamp {
        self.start - SignedDuration::from_nanos(self.start.subsec_nanosecond().into())
    }

    /// Returns what a task waits on to follow this clock.
    pub(super) fn hands(&self) -> Hands {
        match &self.pace {
            Pace::Real { .. } => {
                let mut every_second = interval(Duration::from_secs(1));
                every_second.set_missed_tick_behavior(MissedTickBehavior::Skip);
                Hands::Real(every_second)
            }
            Pace::Manual { elapsed } => Hands::Manual(elapsed.subscribe()),
        }
    }
}

/// The moving part of a clock: completes once a second, or whenever a manual clock is advanced.
pub(super) enum Hands {
    Real(Interval),
    Manual(watch::Receiver<Duration>),
}

impl Hands {
    /// Waits for the next movement; never completes again once every manual clock is gone.
    pub(super) async fn moved(&mut self) {
        match self {
            Self::Real(every_second) => {
                every_second.tick().await;
            }
            Self::Manual(elapsed) => {
                if elapsed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}
