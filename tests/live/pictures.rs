//! The same tour as in `tests/pictures`, through a real cluster; with `MIDWATCH_PICTURES=write` it leaves one picture of
//! each view in `screenshots/`.

use color_eyre::eyre::Result;

use crate::alertmanager::Alertmanager;
use crate::change::stuck;
use crate::command::Seat;
use crate::plane::{Plane, User};
use crate::tour;

crate::tests![every_view_shows_what_it_is_for];

fn every_view_shows_what_it_is_for(plane: &Plane) -> Result<()> {
    let size = (120, 40);
    stuck(plane)?;
    let server = Alertmanager::start(&plane.dir().join("alertmanager-pictures"))?;
    server.fire()?;
    let signals = format!("[alertmanager.main]\nurl = \"{}\"\n", server.url());
    let console = Seat::with_roles_and(plane, User::Admin, &signals)?.console(size, &[])?;
    console.wait_for("stuck: CrashLoopBackOff: OOM")?;
    tour::take(&console, false, size, tour::folder().as_deref(), |name| format!("rig-{name}.svg"))?;
    console.press("esc")?;
    console.wait_until("no dialog", |screen| !screen.contains("Cancel"))?;
    console.quit()?;
    Ok(())
}
