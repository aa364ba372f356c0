//! What was measured, beside what it may be: one table at the end.

use std::fmt::Write as _;
use std::time::Duration;

/// What a number counts, and with how many digits it is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit(&'static str, usize);

pub(crate) const SECONDS: Unit = Unit("s", 3);
pub(crate) const MILLISECONDS: Unit = Unit("ms", 1);
pub(crate) const MEBIBYTES: Unit = Unit("MiB", 1);
pub(crate) const OF_A_CORE: Unit = Unit("% of a core", 2);
pub(crate) const FRAMES: Unit = Unit("frames/min", 1);
pub(crate) const KILOBYTES: Unit = Unit("KB/s", 1);
pub(crate) const LINES: Unit = Unit("lines", 0);
pub(crate) const PER_SECOND: Unit = Unit("/s", 0);
pub(crate) const BYTES: Unit = Unit("bytes", 0);
pub(crate) const TIMES: Unit = Unit("×", 1);

/// The middle of several measurements, with the least and the most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    /// Of at least one value.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), least: at(0), most: at(values.len().saturating_sub(1)) }
    }
}

impl Spread {
    /// The same in another unit.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { median: self.median * factor, least: self.least * factor, most: self.most * factor }
    }
}

impl From<f64> for Spread {
    fn from(value: f64) -> Self {
        Self { median: value, least: value, most: value }
    }
}

impl From<Duration> for Spread {
    fn from(value: Duration) -> Self {
        value.as_secs_f64().into()
    }
}

/// One line of the table.
struct Figure {
    what: String,
    measured: String,
    budget: String,
    beside: String,
    verdict: &'static str,
}

/// All lines of the table.
#[derive(Default)]
pub(crate) struct Figures {
    figures: Vec<Figure>,
    /// The seconds that curl needs for the list, once they are known.
    pub(crate) curl: Option<f64>,
}

impl Figures {
    /// A measurement that must not be larger than its budget.
    pub(crate) fn at_most(&mut self, what: &str, measured: impl Into<Spread>, unit: Unit, budget: f64) {
        let measured = measured.into();
        let verdict = if measured.median <= budget { "ok" } else { "missed" };
        self.add(what, measured, unit, Some(budget), verdict);
    }

    /// A measurement that must not be smaller than its budget.
    pub(crate) fn at_least(&mut self, what: &str, measured: impl Into<Spread>, unit: Unit, budget: f64) {
        let measured = measured.into();
        let verdict = if measured.median >= budget { "ok" } else { "missed" };
        self.add(what, measured, unit, Some(budget), verdict);
    }

    /// A measurement without a budget, for comparison.
    pub(crate) fn note(&mut self, what: &str, measured: impl Into<Spread>, unit: Unit) {
        self.add(what, measured.into(), unit, None, "");
    }

    /// Something that holds or does not.
    pub(crate) fn holds(&mut self, what: &str, measured: String, budget: &str, holds: bool) {
        let verdict = if holds { "ok" } else { "missed" };
        self.push(Figure {
            what: what.to_owned(),
            measured,
            budget: budget.to_owned(),
            beside: String::new(),
            verdict,
        });
    }

    fn add(&mut self, what: &str, measured: Spread, unit: Unit, budget: Option<f64>, verdict: &'static str) {
        let Unit(name, digits) = unit;
        let Spread { median, least, most } = measured;
        let mut told = format!("{median:.digits$} {name}");
        if most > least {
            let _ = write!(told, " ({least:.digits$}–{most:.digits$})");
        }
        let curl = self.curl.filter(|_| name == SECONDS.0);
        self.push(Figure {
            what: what.to_owned(),
            measured: told,
            budget: budget.map(|budget| format!("{budget:.digits$} {name}")).unwrap_or_default(),
            beside: curl.map(|curl| format!("{:.2}", median / curl)).unwrap_or_default(),
            verdict,
        });
    }

    /// Adds a line, and tells it at once to whoever waits.
    fn push(&mut self, figure: Figure) {
        crate::tell(&format!("{}: {} {}", figure.what, figure.measured, figure.verdict));
        self.figures.push(figure);
    }

    /// The table.
    pub(crate) fn table(&self) -> String {
        let heading = ["", "measured", "budget", "× curl", ""].map(ToOwned::to_owned);
        let lines = self.figures.iter().map(|figure| {
            let Figure { what, measured, budget, beside, verdict } = figure;
            [what.clone(), measured.clone(), budget.clone(), beside.clone(), (*verdict).to_owned()]
        });
        let rows: Vec<[String; 5]> = std::iter::once(heading).chain(lines).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: [usize; 5] = std::array::from_fn(width);
        let mut table = String::new();
        for row in &rows {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            let _ = writeln!(table, "{}", cells.join("  ").trim_end());
        }
        table
    }
}
