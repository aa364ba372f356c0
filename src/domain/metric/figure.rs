//! Figures as people read them: three digits and a unit.

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many in a second.
    PerSecond,
    /// Seconds.
    Seconds,
    /// A part of 1, shown in percent.
    Ratio,
    /// Cores.
    Cores,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// A number with its unit: "412/s", "1.9k/s", "205 ms", "1.92 %", "0.21", "188Mi".
    pub fn figure(self, value: f64) -> String {
        match self {
            Self::PerSecond if value >= 1_000_000.0 => format!("{:.1}M/s", value / 1_000_000.0),
            Self::PerSecond if value >= 10_000.0 => format!("{:.0}k/s", value / 1_000.0),
            Self::PerSecond if value >= 1_000.0 => format!("{:.1}k/s", value / 1_000.0),
            Self::PerSecond if value >= 10.0 || value == 0.0 => format!("{value:.0}/s"),
            Self::PerSecond if value >= 0.1 => format!("{value:.1}/s"),
            Self::PerSecond => format!("{value:.3}/s"),
            Self::Seconds if value >= 10.0 => format!("{value:.0} s"),
            Self::Seconds if value >= 1.0 => format!("{value:.1} s"),
            Self::Seconds if value >= 0.01 => format!("{:.0} ms", value * 1_000.0),
            Self::Seconds => format!("{:.1} ms", value * 1_000.0),
            Self::Ratio => format!("{} %", percent(value)),
            Self::Cores if value >= 10.0 => format!("{value:.1}"),
            Self::Cores => format!("{value:.2}"),
            Self::Bytes => bytes(value),
        }
    }
}

/// A part of 1 in percent, as finely as it matters: "0.04", "1.92", "12.3", "100".
pub fn percent(ratio: f64) -> String {
    match ratio * 100.0 {
        all if all >= 99.95 => format!("{all:.0}"),
        much if much >= 10.0 => format!("{much:.1}"),
        little => format!("{little:.2}"),
    }
}

/// Bytes as Kubernetes writes them.
fn bytes(value: f64) -> String {
    let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    let found = units.iter().find(|(_, power)| value >= 2f64.powi(*power));
    found.map_or_else(
        || format!("{value:.0}"),
        |(unit, power)| {
            let count = value / 2f64.powi(*power);
            if count < 10.0 { format!("{count:.1}{unit}") } else { format!("{count:.0}{unit}") }
        },
    )
}
