//! Jobs and CronJobs.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::Project;
use super::conditions::{CoreCondition, sentence};
use super::interner::Interner;
use super::meta::{ObjectMeta, ObjectReference, meta};
use super::values::{Time, moment, words};
use crate::domain::condition::{Truth, find};
use crate::domain::platform;
use crate::domain::row::Row;

/// A Job.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Job {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<JobSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<JobStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JobSpec {
    #[prost(int32, optional, tag = "2")]
    completions: Option<i32>,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JobStatus {
    #[prost(message, repeated, tag = "1")]
    conditions: Vec<CoreCondition>,
    #[prost(message, optional, tag = "2")]
    start_time: Option<Time>,
    #[prost(message, optional, tag = "3")]
    completion_time: Option<Time>,
    #[prost(int32, tag = "4")]
    active: i32,
    #[prost(int32, tag = "5")]
    succeeded: i32,
    #[prost(int32, tag = "6")]
    failed: i32,
}

impl Project for Job {
    fn project(self, interner: &mut Interner) -> Row {
        let status = self.status.unwrap_or_default();
        let conditions: Box<[_]> = status.conditions.iter().map(|condition| condition.project(interner)).collect();
        // Only a job that succeeded has a completion time.
        let failed = find(&conditions, "Failed").filter(|condition| condition.truth == Truth::True);
        Row::Job(Box::new(platform::Job {
            meta: meta(self.metadata.as_ref(), interner),
            completions: self.spec.unwrap_or_default().completions.unwrap_or(1),
            succeeded: status.succeeded,
            failed: status.failed,
            active: status.active,
            started: moment(status.start_time),
            finished: moment(status.completion_time).or_else(|| failed?.changed),
            conditions,
        }))
    }
}

/// A CronJob.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CronJob {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<CronJobSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<CronJobStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CronJobSpec {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    schedule: Bytes,
    #[prost(bool, tag = "4")]
    suspend: bool,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CronJobStatus {
    #[prost(message, repeated, tag = "1")]
    active: Vec<ObjectReference>,
    #[prost(message, optional, tag = "4")]
    last_schedule_time: Option<Time>,
}

impl Project for CronJob {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        Row::CronJob(Box::new(platform::CronJob {
            meta: meta(self.metadata.as_ref(), interner),
            schedule: sentence(&spec.schedule),
            is_suspended: spec.suspend,
            active: status.active.len(),
            last: moment(status.last_schedule_time),
        }))
    }
}
