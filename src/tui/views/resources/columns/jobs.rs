//! Work that runs to its end, and what starts it by the clock.

use super::status::{of_cron_job, of_job};
use super::{Field, Key, ago, by_status, newest, number, plain, quiet, worded};
use crate::domain::platform::{CronJob, Job};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{Column, cell};
use crate::tui::widgets::words;

pub(super) const JOBS: [Field<Job>; 5] = [
    Field::new(Column::words("STATUS", 9, 14), |job, _| worded(of_job(job)), |job| by_status(of_job(job))),
    Field::new(
        Column::number("DONE", 5, 9),
        |job, _| plain(format!("{}/{}", job.succeeded, job.completions)),
        |job| Key::Number(i64::from(job.succeeded) - i64::from(job.completions)),
    ),
    Field::new(
        Column::number("ACTIVE", 6, 6).rank(4),
        |job, _| number(job.active),
        |job| Key::Number(-i64::from(job.active)),
    ),
    Field::new(
        Column::number("FAILED", 6, 6).rank(3),
        |job, _| cell(if job.failed > 0 { Role::Attention } else { Role::Muted }, job.failed.to_string()),
        |job| Key::Number(-i64::from(job.failed)),
    ),
    Field::new(
        Column::number("TOOK", 6, 8).rank(5),
        |job, scene| match job.started {
            Some(started) => quiet(words::duration(job.finished.unwrap_or(scene.now).duration_since(started))),
            None => quiet(scene.glyphs.dash),
        },
        |job| newest(job.started),
    ),
];

pub(super) const CRON_JOBS: [Field<CronJob>; 4] = [
    Field::new(
        Column::words("SCHEDULE", 9, 30),
        |job, _| plain(job.schedule.as_str()),
        |job| Key::Words(&job.schedule),
    ),
    Field::new(Column::words("STATUS", 9, 12), |job, _| worded(of_cron_job(job)), |job| by_status(of_cron_job(job))),
    Field::new(
        Column::number("ACTIVE", 6, 6).rank(3),
        |job, _| number(i64::try_from(job.active).unwrap_or(i64::MAX)),
        |job| Key::Number(-i64::try_from(job.active).unwrap_or(i64::MAX)),
    ),
    Field::new(Column::number("LAST-RUN", 8, 9).rank(2), |job, scene| ago(job.last, scene), |job| newest(job.last)),
];
