//! Traffic that is shifted on a real gateway: shown by the requests that callers count, and by what midwatch says of them.

use std::fs;
use std::io::{self, Write};
use std::ops::Range;

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::change::audit_holds;
use crate::command::Seat;
use crate::console::Console;
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    a_shift_from_a_script_moves_the_requests_and_back_to_stable_takes_them_all_back,
    a_shift_on_the_screen_moves_the_requests_and_shows_what_the_callers_see,
    a_shift_that_goes_too_far_or_nowhere_is_refused,
    a_service_is_switched_and_switched_back,
];

/// Numbers over the window over which the callers are counted.
const METRICS: &str = "[metrics]\nwindow = \"20s\"\nstep = \"1s\"\nspan = \"1m\"\n";

/// For how many seconds all callers are answered before they are counted.
const QUIET: i64 = 5;

/// What the callers at the gateway saw.
struct Callers<'a>(&'a Plane);

/// Requests by who answered.
#[derive(Debug, Default)]
struct Counted {
    stable: u64,
    canary: u64,
    failed: u64,
}

impl Counted {
    fn all(&self) -> u64 {
        self.stable + self.canary
    }

    #[expect(clippy::cast_precision_loss, reason = "there are thousands of requests")]
    fn percent(&self) -> f64 {
        100.0 * self.canary as f64 / self.all() as f64
    }
}

impl Callers<'_> {
    /// The seconds that have been counted to their end, oldest first.
    fn seconds(&self) -> Result<Vec<Value>> {
        let text = fs::read_to_string(self.0.dir().join("signals/callers.jsonl"))?;
        // The last line may be under way.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        Ok(whole.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?)
    }

    /// The last second that was counted, perhaps not to its end.
    fn last(&self) -> Result<i64> {
        self.seconds()?.last().and_then(|one| one["second"].as_i64()).ok_or_eyre("nobody has asked yet")
    }

    /// What was counted in some seconds since 1970.
    fn counted(&self, window: Range<i64>) -> Result<Counted> {
        let mut counted = Counted::default();
        for one in self.seconds()? {
            if !one["second"].as_i64().is_some_and(|second| window.contains(&second)) {
                continue;
            }
            let requests = one["requests"].as_u64().unwrap_or_default();
            match one["version"].as_str() {
                Some("2.3.0") => counted.stable += requests,
                Some("2.4.0") => counted.canary += requests,
                _ => counted.failed += requests,
            }
            counted.failed += one["errors"].as_u64().unwrap_or_default();
        }
        Ok(counted)
    }

    /// Waits until so many requests have been counted since a second; the first second after them.
    fn wait_for(&self, since: i64, requests: u64) -> Result<i64> {
        wait_until("the callers to count enough", PATIENCE, || {
            let last = self.last()?;
            let counted = self.counted(since..last)?;
            ensure!(counted.all() >= requests, "{counted:?}");
            Ok(last)
        })
    }
}

impl Callers<'_> {
    /// Waits until for some seconds all of them were answered: while the rig itself comes up, a gateway may still lack
    /// what it sends requests to, and that is no matter of a shift. The second from which on to count.
    fn settle(&self) -> Result<i64> {
        wait_until("the callers to be answered", PATIENCE, || {
            let last = self.last()?;
            let counted = self.counted(last - QUIET..last)?;
            ensure!(counted.failed == 0 && counted.all() > 0, "{counted:?}");
            Ok(last)
        })
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Shifts from a script and waits for the verdict; the whole second after it.
fn shift(seat: &Seat, to: &str) -> Result<(String, i64)> {
    let ran = seat.midwatch(&[
        "shift",
        "presence",
        "--to",
        to,
        "-n",
        "production",
        "--write",
        "--reason=by requests",
        "--confirm=presence",
        "--wait",
        "--timeout=55s",
    ])?;
    ensure!(ran.code == Some(0), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    Ok((ran.stdout, now() + 1))
}

/// The weights of the route, the stable one first.
fn weights(plane: &Plane) -> Result<String> {
    let path = "--output=jsonpath={.spec.rules[0].backendRefs[*].weight}";
    plane.kubectl(User::Admin, &["get", "httproute", "presence", "-n", "production", path])
}

/// What midwatch tells a script of the canary: the share that it was seen to get.
fn observed(seat: &Seat) -> Result<f64> {
    let ran = seat.midwatch(&["services", "-n", "production", "-o", "json"])?;
    ensure!(ran.code == Some(0), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout)?;
    let services = told["items"].as_array().ok_or_eyre(told.to_string())?;
    let presence = services.iter().find(|service| service["name"] == "presence").ok_or_eyre(told.to_string())?;
    let arms = presence["traffic"][0]["arms"].as_array().ok_or_eyre(presence.to_string())?;
    let canary = arms.iter().find(|arm| arm["role"] == "canary").ok_or_eyre(presence.to_string())?;
    canary["seen"].as_f64().ok_or_eyre(presence.to_string())
}

/// What the screen of the service shows of the canary under "SEEN", which stands at the right of its column.
fn seen(screen: &str) -> Option<f64> {
    let head = screen.lines().find(|line| line.contains("SEEN"))?;
    let end = head[..head.find("SEEN")?].chars().count() + "SEEN".len();
    let row = screen.lines().find(|line| line.contains("▒  canary "))?;
    let told: String = row.chars().take(end).collect();
    told.trim_end_matches('%').trim().rsplit(' ').next()?.parse().ok()
}

/// Shifts on the screen, whose table of routes holds only this one, and waits for the verdict; the whole second after it.
fn shift_on_screen(console: &Console, to: &str, accepted: &str) -> Result<i64> {
    console.type_text(":httproutes\r")?;
    console.wait_for("presence-stable")?;
    console.type_text("%")?;
    console.wait_for("presence-canary, now")?;
    console.type_text(to)?;
    console.press("enter")?;
    console.wait_for("Reason")?;
    // What is typed before anybody can have read the plan does not count, so a first letter is tried until it does.
    wait_until("the field for the reason to take text", PATIENCE, || {
        console.type_text("!")?;
        let screen = console.screen();
        ensure!(screen.lines().any(|line| line.contains("Reason") && line.contains('!')), "{screen}");
        Ok(())
    })?;
    console.type_text(" by requests")?;
    console.press("tab")?;
    console.type_text("presence")?;
    console.press("tab")?;
    console.press("tab")?;
    console.press("enter")?;
    console.wait_for(accepted)?;
    console.wait_for("verified: ")?;
    let whole = now() + 1;
    console.press("esc")?;
    console.wait_until("the review to be closed", |screen| !screen.contains("Way back"))?;
    Ok(whole)
}

fn a_shift_on_the_screen_moves_the_requests_and_shows_what_the_callers_see(plane: &Plane) -> Result<()> {
    plane.start_traffic()?;
    let seat = Seat::with_roles_and(plane, User::Admin, METRICS)?;
    let callers = Callers(plane);
    callers.settle()?;
    let console = seat.console((200, 50), &["--write", "-n", "production"])?;
    console.wait_for("presence")?;
    let whole = shift_on_screen(&console, "50", "edge has taken it: presence-canary 50 %")?;
    ensure!(weights(plane)? == "50 50", "{}", weights(plane)?);
    let end = callers.wait_for(whole, 2_000)?;
    let after = callers.counted(whole..end)?;
    ensure!((after.percent() - 50.0).abs() < 3.0 && after.failed == 0, "{after:?}");

    console.type_text(":overview\r")?;
    console.type_text("/presence\r")?;
    console.press("enter")?;
    console.wait_for("Overview › presence")?;
    console.wait_until("what the callers see", |screen| {
        seen(screen).is_some_and(|seen| (seen - after.percent()).abs() < 1.0)
    })?;
    let shown = seen(&console.screen()).unwrap_or_default();

    let whole = shift_on_screen(&console, "0", "edge has taken it: presence-canary 0 %")?;
    ensure!(weights(plane)? == "100 0", "{}", weights(plane)?);
    let end = callers.wait_for(whole + 5, 2_000)?;
    let back = callers.counted(whole + 5..end)?;
    ensure!(back.canary == 0 && back.failed == 0, "{back:?}");
    writeln!(io::stdout(), "{after:?}, seen {shown} %; back {back:?}")?;
    console.quit()?;
    audit_holds(&seat, &["intent", "outcome", "verdict", "intent", "outcome", "verdict"])
}

fn a_shift_from_a_script_moves_the_requests_and_back_to_stable_takes_them_all_back(plane: &Plane) -> Result<()> {
    plane.start_traffic()?;
    let seat = Seat::with_roles_and(plane, User::Admin, METRICS)?;
    let callers = Callers(plane);
    let begun = callers.settle()?;
    let end = callers.wait_for(begun, 2_000)?;
    let before = callers.counted(begun..end)?;
    ensure!((before.percent() - 10.0).abs() < 3.0 && before.failed == 0, "{before:?}");

    let (said, whole) = shift(&seat, "50")?;
    ensure!(weights(plane)? == "50 50", "{}", weights(plane)?);
    ensure!(said.contains("edge has taken it: presence-canary 50 %"), "{said}");
    ensure!(said.contains("requests went to presence-canary"), "the verdict is by requests: {said}");
    let end = callers.wait_for(whole, 2_000)?;
    let after = callers.counted(whole..end)?;
    ensure!((after.percent() - 50.0).abs() < 3.0 && after.failed == 0, "{after:?}");
    let seen = wait_until("midwatch to see it", PATIENCE, || {
        let seen = observed(&seat)?;
        ensure!((seen - after.percent()).abs() < 1.0, "midwatch: {seen}, the callers: {after:?}");
        Ok(seen)
    })?;

    let (said, whole) = shift(&seat, "0")?;
    ensure!(said.contains("0 % of") && said.contains("requests went to presence-canary"), "{said}");
    ensure!(weights(plane)? == "100 0", "{}", weights(plane)?);
    let end = callers.wait_for(whole + 5, 2_000)?;
    let back = callers.counted(whole + 5..end)?;
    ensure!(back.canary == 0 && back.failed == 0, "{back:?}");
    writeln!(io::stdout(), "{before:?}; {after:?}, seen {seen} %; back {back:?}")?;
    audit_holds(&seat, &["intent", "outcome", "verdict", "intent", "outcome", "verdict"])
}

fn a_shift_that_goes_too_far_or_nowhere_is_refused(plane: &Plane) -> Result<()> {
    plane.start_traffic()?;
    let seat = Seat::with_roles(plane, User::Alice)?;
    let tries: [(&[&str], i32, &str); 4] = [
        (&["--to=80"], 1, "more than 50 points"),
        (&["--to=10"], 0, "presence-canary gets 10 % already"),
        (&["--to=20", "--arm=presence"], 1, "its arms are presence-stable, presence-canary"),
        (&["--to=20", "--route=absent"], 2, "no route absent splits the requests of presence"),
    ];
    let writes = plane.writes_during(User::Alice, || {
        for (more, code, says) in tries {
            let args =
                [&["shift", "presence", "-n", "production", "--write", "--confirm=presence", "--reason=a try"], more]
                    .concat();
            let ran = seat.midwatch(&args)?;
            ensure!(
                ran.code == Some(code) && ran.stderr.contains(says),
                "{more:?}: {:?} {}{}",
                ran.code,
                ran.stdout,
                ran.stderr
            );
        }
        plane.kubectl(User::Admin, &["scale", "deployment/presence-canary", "-n", "production", "--replicas=0"])?;
        wait_until("the canary to be gone", PATIENCE, || {
            let ran = seat.midwatch(&["shift", "presence", "-n", "production", "--to=20", "--dry-run"])?;
            ensure!(
                ran.stderr.contains("presence-canary has no ready endpoint"),
                "{:?} {}{}",
                ran.code,
                ran.stdout,
                ran.stderr
            );
            Ok(())
        })
    })?;
    ensure!(writes.is_empty(), "{writes:?}");
    plane.start_traffic()?;
    who_may_not_is_refused(plane)
}

/// Not even back, and not by the cluster alone: omar may do everything but for his role.
fn who_may_not_is_refused(plane: &Plane) -> Result<()> {
    for user in [User::Victor, User::Omar] {
        let seat = Seat::with_roles(plane, user)?;
        let writes = plane.writes_during(user, || {
            for (verb, to, needs) in
                [("shift", "--to=0", "deploy or rollback"), ("switch", "--to=track=canary", "deploy")]
            {
                let consent = ["--write", "--confirm=presence", "--reason=a try"];
                let ran = seat.midwatch(&[&[verb, "presence", to, "-n", "production"], &consent[..]].concat())?;
                let says = format!("viewer: {needs} in production");
                ensure!(
                    ran.code == Some(4) && ran.stderr.contains(&says),
                    "{user} {verb}: {:?} {}",
                    ran.code,
                    ran.stderr
                );
            }
            Ok(())
        })?;
        ensure!(writes.is_empty(), "{writes:?}");
        audit_holds(&seat, &["denied", "denied"])?;
    }
    Ok(())
}

fn a_service_is_switched_and_switched_back(plane: &Plane) -> Result<()> {
    plane.start_traffic()?;
    let seat = Seat::with_roles(plane, User::Alice)?;
    let selector = "--output=jsonpath={.spec.selector.track}";
    for track in ["canary", "stable"] {
        let to = format!("--to=track={track}");
        let args = [
            "switch",
            "presence",
            &to,
            "-n",
            "production",
            "--write",
            "--reason=by hand",
            "--confirm=presence",
            "--wait",
            "--timeout=55s",
        ];
        let ran = seat.midwatch(&args)?;
        ensure!(ran.code == Some(0), "{:?}: {}{}", ran.code, ran.stdout, ran.stderr);
        ensure!(ran.stdout.contains("all 2 endpoints are those pods"), "{}", ran.stdout);
        let is = plane.kubectl(User::Admin, &["get", "service", "presence", "-n", "production", selector])?;
        ensure!(is == track, "{is}");
        let pods =
            plane.kubectl_json(User::Admin, &["get", "pods", "-n", "production", "-l", &format!("track={track}")])?;
        let slices = plane.kubectl_json(
            User::Admin,
            &["get", "endpointslices", "-n", "production", "-l", "kubernetes.io/service-name=presence"],
        )?;
        let listed = slices.to_string();
        for pod in pods["items"].as_array().ok_or_eyre("no pods")? {
            let address = pod["status"]["podIP"].as_str().ok_or_eyre("a pod has no address")?;
            ensure!(listed.contains(&format!("\"{address}\"")), "{address} is not in {listed}");
        }
    }
    audit_holds(&seat, &["intent", "outcome", "verdict", "intent", "outcome", "verdict"])
}
