//! Scenarios as data: what somebody does, what midwatch answers or shows, and what is true in the cluster afterwards.
//! One file and one runner for every world in which it can happen. A file is described in [`Scenario`].

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Context, OptionExt, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::console::{Console, Size};

/// How long anything may take; generous, since it is only reached by a failure.
const PATIENCE: Duration = Duration::from_mins(2);

/// The window of every screen.
const SIZE: Size = (120, 40);

/// Where a scenario happens. The cluster is read without midwatch.
pub(crate) trait World {
    /// What files call by a name in braces because it differs between worlds: `{stuck}` is the service whose release is
    /// stuck, `{bad}` the version of that, `{good}` the one before it, `{pod}` the pod that crashes.
    fn names(&self) -> Vec<(&'static str, String)>;

    /// Runs midwatch to its end.
    fn midwatch(&self, args: &[&str]) -> Result<Ran>;

    /// Starts midwatch in a terminal.
    fn screen(&self, args: &[&str], size: Size) -> Result<Console>;

    /// An object of the cluster by the plural of its kind; none when there is no such object.
    fn object(&self, kind: &str, namespace: &str, name: &str) -> Result<Option<Value>>;

    /// Where midwatch keeps its audit.
    fn audit(&self) -> PathBuf;
}

/// Somebody, and how it is when they come. Both are names that each world knows what to make of.
#[derive(Deserialize)]
pub(crate) struct Setting {
    /// `stuck-release`: a service in production is stuck with a release that runs out of memory. `crash-loop`: one pod
    /// of notification-service crashes. `calm`: what is used here is well.
    pub(crate) scene: String,
    /// `admin`, `developer` or `viewer`, by the roles that midwatch comes with.
    pub(crate) user: String,
}

/// What happens, and what is to be so in the end.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// In a sentence.
    #[expect(dead_code, reason = "it is for who reads the file")]
    about: String,
    #[expect(dead_code, reason = "see `Setting`")]
    scene: String,
    #[expect(dead_code, reason = "see `Setting`")]
    user: String,
    steps: Vec<Step>,
    /// What holds in the cluster in the end.
    #[serde(default)]
    facts: Vec<Fact>,
    /// The events that the audit holds in the end, in order.
    #[serde(default)]
    journal: Vec<String>,
}

/// One thing that is done: a command that is run, a screen that is opened, or keys on the screen that is open.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Step {
    /// The words of a command.
    run: Option<String>,
    /// Whether it is asked again until it answers as it should; for questions only.
    again: bool,
    /// How it ends.
    exit: i32,
    /// Parts of what it says.
    stdout: Vec<String>,
    stderr: Vec<String>,
    /// The words behind `midwatch` for a screen.
    screen: Option<String>,
    /// `enter`, `esc`, `tab`, single letters, or words that are typed as they stand.
    keys: Vec<String>,
    /// A field of the review, and the text for it.
    fill: Option<[String; 2]>,
    /// What is to be seen then, each within one row; and what is not.
    shows: Vec<String>,
    hides: Vec<String>,
}

/// Something about an object of the cluster. Whatever is said of it has to hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    /// `production/deployments/chat-service`.
    object: String,
    /// A JSON pointer into it; without one the object is to be gone.
    at: Option<String>,
    is: Option<Value>,
    ends_with: Option<String>,
    /// The pointer to a value that is the same.
    equals: Option<String>,
    /// Whether it is another value than in the beginning.
    changed: Option<bool>,
}

/// What a run of midwatch left behind; the code is absent if a signal ended it.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Hands the name of every scenario to a macro.
macro_rules! every_scenario {
    ($take:ident) => {
        $take![
            crash_looping_pod_evicted,
            restart,
            scale,
            stuck_release_rolled_back,
            stuck_release_rolled_back_on_the_screen,
            viewer_denied,
        ];
    };
}
pub(crate) use every_scenario;

/// Where the scenarios are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Runs a scenario in a world that is made for it.
pub(crate) fn run<'w>(name: &str, make: impl FnOnce(&Setting) -> Result<Box<dyn World + 'w>>) -> Result<()> {
    let mut text = fs::read_to_string(folder().join(name).with_extension("toml"))?;
    let world = make(&toml::from_str(&text)?).wrap_err("the world cannot be made")?;
    for (name, value) in world.names() {
        // Where a screen has no room for a whole name, its end tells it from others.
        let end = value.rsplit('-').next().unwrap_or_default();
        text = text.replace(&format!("{{{name}}}"), &value).replace(&format!("{{{name}-end}}"), end);
    }
    let scenario: Scenario = toml::from_str(&text)?;
    let read = |fact: &Fact| fact.value(&*world, fact.at.as_deref());
    let before = scenario.facts.iter().map(read).collect::<Result<Vec<_>>>()?;
    let mut screen = None;
    for (step, number) in scenario.steps.iter().zip(1..) {
        step.take(&*world, &mut screen).wrap_err_with(|| format!("step {number}"))?;
    }
    for (fact, before) in scenario.facts.iter().zip(&before) {
        until(|| fact.holds(&*world, before.as_ref())).wrap_err_with(|| fact.object.clone())?;
    }
    if let Some(screen) = screen {
        screen.quit()?;
    }
    journal_holds(&world.audit(), &scenario.journal)
}

impl Step {
    fn take(&self, world: &dyn World, screen: &mut Option<Console>) -> Result<()> {
        if let Some(words) = &self.run {
            let words: Vec<&str> = words.split_whitespace().collect();
            let ask = || self.answers(&world.midwatch(&words)?);
            return if self.again { until(ask) } else { ask() };
        }
        if let Some(words) = &self.screen {
            *screen = Some(world.screen(&words.split_whitespace().collect::<Vec<_>>(), SIZE)?);
        }
        let screen = screen.as_ref().ok_or_eyre("no screen is open")?;
        for key in &self.keys {
            match key.as_str() {
                "enter" | "esc" | "tab" | "up" | "down" => screen.press(key)?,
                text => screen.type_text(text)?,
            }
        }
        if let Some([field, text]) = &self.fill {
            // What is typed before anybody can have read the plan does not count: a first letter is tried until it does.
            until(|| {
                screen.type_text("!")?;
                let shown = screen.screen();
                ensure!(shown.lines().any(|line| line.contains(field) && line.contains('!')), "{shown}");
                Ok(())
            })?;
            screen.type_text(text)?;
        }
        self.shows.iter().try_for_each(|text| screen.wait_for(text))?;
        self.hides.iter().try_for_each(|text| {
            screen.wait_until(&format!("anything but {text:?}"), |shown| !shown.contains(text.as_str()))
        })
    }

    fn answers(&self, ran: &Ran) -> Result<()> {
        let Ran { code, stdout, stderr } = ran;
        let all = || format!("exit code {code:?}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        ensure!(*code == Some(self.exit), "{}", all());
        for (parts, said, name) in [(&self.stdout, stdout, "stdout"), (&self.stderr, stderr, "stderr")] {
            for part in parts {
                ensure!(said.contains(part.as_str()), "{name} does not say {part:?}: {}", all());
            }
        }
        Ok(())
    }
}

impl Fact {
    fn value(&self, world: &dyn World, pointer: Option<&str>) -> Result<Option<Value>> {
        let mut parts = self.object.splitn(3, '/');
        let (Some(namespace), Some(kind), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            bail!("{} is no object", self.object)
        };
        let object = world.object(kind, namespace, name)?;
        Ok(object.and_then(|object| object.pointer(pointer.unwrap_or_default()).cloned()))
    }

    fn holds(&self, world: &dyn World, before: Option<&Value>) -> Result<()> {
        let now = self.value(world, self.at.as_deref())?;
        if self.at.is_none() {
            ensure!(now.is_none(), "it is still there");
        }
        if let Some(wanted) = &self.is {
            ensure!(now.as_ref() == Some(wanted), "{now:?} and not {wanted}");
        }
        if let Some(end) = &self.ends_with {
            let text = now.as_ref().and_then(Value::as_str).unwrap_or_default();
            ensure!(text.ends_with(end.as_str()), "{text:?} does not end with {end:?}");
        }
        if let Some(other) = &self.equals {
            let other = self.value(world, Some(other))?;
            ensure!(now == other, "{now:?} and not {other:?}");
        }
        if let Some(changed) = self.changed {
            ensure!((now.as_ref() != before) == changed, "it was {before:?} and is {now:?}");
        }
        Ok(())
    }
}

/// The audit holds exactly these events, in this order, and its chain verifies.
fn journal_holds(audit: &Path, wanted: &[String]) -> Result<()> {
    let report = midwatch::operations::audit::verify(audit)?;
    ensure!(report.is_intact(), "{report:?}");
    let mut files: Vec<PathBuf> = fs::read_dir(audit).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut events = Vec::new();
    for line in files.iter().map(fs::read_to_string).collect::<Result<String, _>>()?.lines() {
        let record: Value = serde_json::from_str(line)?;
        events.push(record["event"].as_str().unwrap_or_default().to_owned());
    }
    ensure!(events == wanted, "the audit holds {events:?}");
    Ok(())
}

/// Tries again and again until it succeeds; after that the last failure is the reason.
fn until(mut probe: impl FnMut() -> Result<()>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match probe() {
            Err(_) if Instant::now() < end => thread::sleep(Duration::from_millis(100)),
            ended => return ended,
        }
    }
}
