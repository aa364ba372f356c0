//! An analysis: measurements by which a controller decides about a rollout.

use jiff::Timestamp;

use super::object::Meta;
use super::text::Text;

/// An `AnalysisRun` as a row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnalysisRun {
    /// Identity and labels.
    pub meta: Meta,
    /// Its phase: "Running", "Successful", "Failed", "Error", "Inconclusive".
    pub phase: Text,
    /// What it says.
    pub message: Text,
    /// What it measures.
    pub metrics: Box<[MetricResult]>,
}

/// What came of one metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricResult {
    /// Its name.
    pub name: Text,
    /// Its phase.
    pub phase: Text,
    /// How often it was measured, and how often that failed.
    pub count: u32,
    /// See `count`.
    pub failed: u32,
    /// The last measurement.
    pub value: Text,
    /// When that was.
    pub measured: Option<Timestamp>,
}
