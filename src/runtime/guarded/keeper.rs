//! Keeps the lease of a guarded shift: renews it while the guard is at it, and tells when it is lost.
//!
//! It is lost when somebody else has it, or nobody. That the server cannot be reached for a while loses nothing: others
//! may take it then, and until one does, whoever guards goes on. Nothing is raised meanwhile.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::domain::lease::{About, Lease};
use crate::domain::operation::OperationId;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::operations::guard::lease::{Held, read, renewal};
use crate::operations::ports::{Answer, ControlPlane, Earnest, ReadError};
use crate::runtime::message::Message;

/// How often it is looked whether a renewal is due.
const TICK: Duration = Duration::from_secs(1);

/// How long after a renewal the next one is due: a third of what the lease lasts.
const PAUSE: Duration = Duration::from_secs(Lease::LASTS.as_secs().unsigned_abs() / 3);

/// For so long a lease is renewed although the guard was not at work: a terminal that takes nothing holds it up.
const STALLED: Duration = Duration::from_secs(30);

/// Who keeps a lease.
pub(in crate::runtime) struct Keeper {
    pub(in crate::runtime) id: OperationId,
    pub(in crate::runtime) held: Held,
    pub(in crate::runtime) plane: Arc<dyn ControlPlane>,
    pub(in crate::runtime) clock: Clock,
    /// How far the guard is; nobody keeps the lease any more once the other end is gone.
    pub(in crate::runtime) about: watch::Receiver<About>,
    /// When the guard was at work last.
    pub(in crate::runtime) driven: watch::Receiver<Instant>,
    pub(in crate::runtime) outbox: mpsc::Sender<Message>,
}

/// What came of a renewal.
#[derive(Debug, PartialEq)]
pub(in crate::runtime) enum Renewed {
    Yes,
    /// It may work the next time.
    NotNow(Text),
    /// Somebody else has it, or nobody.
    Lost(Text),
}

impl Keeper {
    /// Renews the lease at a third of its time, and whenever there is something new to say in it.
    pub(in crate::runtime) async fn keep(mut self) {
        // By a clock that nobody sets: others see by theirs whether it changes.
        let mut renewed = Instant::now();
        loop {
            let is_new = tokio::select! {
                changed = self.about.changed() => match changed {
                    Ok(()) => true,
                    Err(_gone) => return,
                },
                () = sleep(TICK) => false,
            };
            let began = Instant::now();
            if !is_new && began.duration_since(renewed) < PAUSE {
                continue;
            }
            if self.is_stalled(began) {
                // Whoever comes next may take it: nobody looks any more.
                tracing::warn!(lease = %self.held.lease, "a lease is not renewed, since the guard is not at work");
                continue;
            }
            match self.renew(self.clock.now()).await {
                Renewed::Yes => renewed = began,
                Renewed::NotNow(why) => tracing::warn!(%why, lease = %self.held.lease, "a lease was not renewed"),
                Renewed::Lost(why) => return self.tell(why).await,
            }
        }
    }

    /// Whether the guard was not at work for long.
    pub(in crate::runtime) fn is_stalled(&self, now: Instant) -> bool {
        now.duration_since(*self.driven.borrow()) > STALLED
    }

    pub(in crate::runtime) async fn renew(&mut self, now: Timestamp) -> Renewed {
        let about = self.about.borrow_and_update().clone();
        let Held { lease, holder, .. } = &self.held;
        let call = renewal(lease, holder, &about, now);
        let why = match self.plane.send(&call, Earnest::ForReal, holder.as_str()).await {
            Answer::Accepted(_) => return Renewed::Yes,
            Answer::Conflict(why)
            | Answer::Denied(why)
            | Answer::Rejected(why)
            | Answer::NotSent(why)
            | Answer::Unknown(why) => why,
        };
        match self.plane.get(lease).await {
            Ok(object) => {
                let found = read(&object);
                match found.holder.as_str() {
                    held if held == holder.as_str() => Renewed::NotNow(why),
                    "" => Renewed::Lost("somebody released it, which ends the guard".into()),
                    _ => Renewed::Lost(format!("{} has taken it", found.who()).into()),
                }
            }
            Err(ReadError::NotFound) => Renewed::Lost("somebody deleted it".into()),
            Err(ReadError::Failed(_) | ReadError::Forbidden(_)) => Renewed::NotNow(why),
        }
    }

    async fn tell(self, why: Text) {
        drop(self.outbox.send(Message::LeaseLost(self.id, why)).await);
    }
}
