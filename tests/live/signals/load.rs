//! What the callers of the rig saw.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::plane::{PATIENCE, Plane, wait_until};

/// What was counted of the answers of a service.
pub(crate) struct Load {
    file: PathBuf,
    service: String,
}

impl Load {
    pub(crate) fn of(plane: &Plane, service: &str) -> Self {
        Self { file: plane.dir().join("signals/load.jsonl"), service: service.to_owned() }
    }

    /// The seconds that have been counted to their end, oldest first.
    fn seconds(&self) -> Result<Vec<Value>> {
        let text = fs::read_to_string(&self.file)?;
        // The last line may be under way.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let all = whole.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        Ok(all.into_iter().filter(|second| second["service"] == *self.service).collect())
    }

    /// Waits until a version has answered alone for two seconds on end; the first one of them.
    pub(crate) fn answered_alone_by(&self, version: &str) -> Result<i64> {
        wait_until(&format!("all answers to come from {version}"), PATIENCE, || {
            let all = self.seconds()?;
            let last = all.last().and_then(|one| one["second"].as_i64()).ok_or_eyre("nobody has asked yet")?;
            let latest: Vec<_> =
                all.iter().filter(|one| one["second"].as_i64().is_some_and(|second| second >= last - 1)).collect();
            ensure!(latest.len() == 2 && latest.iter().all(|one| one["version"] == *version), "{latest:?}");
            Ok(last - 1)
        })
    }

    /// How many of a hundred requests failed in some seconds since 1970, in each of which something was asked.
    #[expect(clippy::cast_precision_loss, reason = "there are thousands of requests")]
    pub(crate) fn percent_of_errors(&self, window: Range<i64>) -> Result<f64> {
        let all = self.seconds()?;
        let within: Vec<_> =
            all.iter().filter(|one| one["second"].as_i64().is_some_and(|second| window.contains(&second))).collect();
        for second in window {
            ensure!(within.iter().any(|one| one["second"] == second), "nothing was counted in second {second}");
        }
        let sum = |key: &str| within.iter().filter_map(|one| one[key].as_u64()).sum::<u64>() as f64;
        Ok(100.0 * sum("errors") / sum("requests"))
    }
}
