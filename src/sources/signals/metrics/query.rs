//! Questions in PromQL: templates with their places filled, as the query of a URL.

use jiff::SignedDuration;

use super::probe::Known;
use crate::domain::metric::{Family, Focus, Grid, Measure};
use crate::sources::signals::prometheus;

/// Of what numbers are asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// Each service.
    Services,
    /// The one that is looked at, as a whole.
    Whole(&'a Focus),
    /// Each of its pods.
    Pods(&'a Focus),
}

/// A template with its places filled; none where it cannot be asked of pods, because its series have none.
pub(super) fn fill(
    family: &Family,
    known: &Known,
    measure: Measure,
    matchers: &str,
    window: SignedDuration,
    of: Of<'_>,
) -> Option<String> {
    let mut by: Vec<&str> = known.by.iter().map(String::as_str).collect();
    let mut scope = matchers.to_owned();
    if let Of::Pods(_) = of {
        if !known.has_pod {
            return None;
        }
        by.retain(|label| known.namespace.as_deref() == Some(label));
        by.push(&family.pod);
    }
    if let Of::Pods(focus) | Of::Whole(focus) = of
        && known.has_pod
    {
        narrow(&mut scope, family, known, focus);
    }
    let filled = known
        .query
        .replace("$by", &by.join(", "))
        .replace("$scope", &scope)
        .replace("$window", &format!("{}s", window.as_secs()))
        .replace("$code", known.code.as_deref().unwrap_or("code"))
        .replace("$quantile", measure.quantile().unwrap_or_default());
    // Where nothing narrows, `{,code="x"}` is left, which is no PromQL.
    Some(filled.replace("{,", "{"))
}

/// Narrows a question to the pods of some workloads.
fn narrow(scope: &mut String, family: &Family, known: &Known, focus: &Focus) {
    let mut add = |matcher: String| {
        if !scope.is_empty() {
            scope.push(',');
        }
        scope.push_str(&matcher);
    };
    // Names of Kubernetes hold nothing that means something in a pattern but the dot.
    let either = |names: &[crate::domain::text::Text]| {
        names.iter().map(|name| name.replace('.', "\\\\.")).collect::<Vec<_>>().join("|")
    };
    if let Some(label) = &known.namespace {
        add(format!("{label}=~\"{}\"", either(&focus.namespaces)));
    }
    add(format!("{}=~\"({})(-.+)?\"", family.pod, either(&focus.workloads)));
}

/// The path and query of a question about a range.
pub(super) fn range(query: &str, grid: Grid) -> String {
    prometheus::range(query, grid.start(), grid.end, grid.step.as_secs())
}
