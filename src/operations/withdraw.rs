//! A yes that can be taken back: what was not sent by then is sent no more, and what was accepted is watched no longer.

use tokio::sync::watch;

use crate::domain::text::Text;

/// A yes, as the change sees it that it was said to.
#[derive(Clone, Debug)]
pub struct Yes(watch::Receiver<Option<Text>>);

/// The other end of a yes, with who may take it back.
#[derive(Debug)]
pub struct Withdrawal(watch::Sender<Option<Text>>);

impl Yes {
    /// A yes, and what takes it back.
    pub fn said() -> (Withdrawal, Self) {
        let (sender, receiver) = watch::channel(None);
        (Withdrawal(sender), Self(receiver))
    }

    /// Why it was taken back, if it was.
    pub fn withdrawn(&self) -> Option<Text> {
        self.0.borrow().clone()
    }

    /// Waits until it is taken back; for ever where nobody does.
    pub async fn until_withdrawn(&self) -> Text {
        let mut heard = self.0.clone();
        let why = heard.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        match why {
            Some(why) => why,
            None => std::future::pending().await,
        }
    }
}

impl Withdrawal {
    /// Whether the change still goes on.
    pub fn is_heard(&self) -> bool {
        !self.0.is_closed()
    }

    /// Takes it back. What was said first stays.
    pub fn take_back(&self, why: &Text) {
        self.0.send_if_modified(|said| {
            let is_first = said.is_none();
            said.get_or_insert_with(|| why.clone());
            is_first
        });
    }
}
