//! `midwatch brief`: what is broken, since when, what changed before, who pages, and what is safe to do.

use serde_json::json;

use crate::cli::{BriefArgs, Format};
use crate::domain::brief::Brief;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::Session;
use crate::state::{ESSENTIAL, ServiceBoard, Timeline, brief as make};

use super::Exit;
use super::answer::{Asked, nothing, print};
use super::find::check_place;
use super::output::{self, Item, Listing};
use super::reading::{judge, read, together};
use super::signals::{PATIENCE, Untold, await_all};
use super::{alerts, delivery};

/// What it is made from.
pub(super) fn kinds() -> Vec<Kind> {
    together(&alerts::kinds(), delivery::kinds())
}

/// Makes the briefing and prints it.
pub(super) async fn brief(session: &mut Session, asked: Asked<'_>, args: &BriefArgs) -> Result<Exit, Problem> {
    session.look_at_deeds_now().await;
    read(session, &kinds()).await;
    let missing = await_all(session, PATIENCE).await;
    // Without what splits requests it is told all the same, of whole services.
    let mut reading = judge(session, &alerts::kinds(), &ESSENTIAL);
    reading.miss(&Untold::beside(missing));
    reading.problems.iter().for_each(super::complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    check_place(session, asked.place)?;
    let (mut board, mut timeline) = (ServiceBoard::default(), Timeline::default());
    let now = session.clock().now();
    board.refresh(session.state(), now);
    timeline.refresh(session.state(), now);
    let environment = asked.place.environment.as_deref().map(Text::from);
    let made = make(session.state(), &board, &timeline, environment.as_ref(), now);
    let brief = Brief { namespaces: session.scopes().namespaces.clone(), ..made };
    if asked.format == Format::Text {
        let text = if args.markdown { brief.markdown() } else { brief.text() };
        return output::ended(output::print_text(&text), reading.exit);
    }
    let item = Item {
        cluster: session.cluster_names().first().cloned().unwrap_or_default(),
        key: brief.title(),
        cells: Vec::new(),
        json: json!(brief),
    };
    print(session, asked.format, &Listing { kind: "Brief", header: &[], items: vec![item] }, &reading)
}
