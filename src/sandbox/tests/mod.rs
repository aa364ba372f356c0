//! What the sandbox promises to its clients, asked over its routes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::api::Platform;
use super::clock::Clock;
use super::fleet;
use super::kinds::KINDS;
use super::object::{at, condition, list, name, number, text, uid};
use super::world::World;
use super::{Options, Sandbox};

mod alerts;
mod api;
mod controllers;
mod delivery;

const MEDIA: &str = "/apis/apps/v1/namespaces/production/deployments/media-service";
const JSON_PATCH: &str = "application/json-patch+json";
const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

fn start() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

struct Bench {
    router: Router,
    clock: Clock,
}

impl Bench {
    fn new() -> Self {
        static BUILT: OnceLock<World> = OnceLock::new();
        Self::of(BUILT.get_or_init(|| fleet::build(7, start())).clone())
    }

    fn of(world: World) -> Self {
        let clock = Clock::manual(start());
        Self { router: Platform::new(world, clock.clone()).router(), clock }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn send(
        &self,
        user: &str,
        method: &str,
        path: &str,
        media: (&str, &str),
        body: String,
    ) -> (StatusCode, Body) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {user}"))
            .header("accept", media.0)
            .header("content-type", media.1)
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body())
    }

    async fn text(&self, user: &str, method: &str, path: &str, kind: &str, body: Value) -> (StatusCode, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, body) = self.send(user, method, path, ("application/json", kind), body).await;
        (status, String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap())
    }

    async fn ask(&self, user: &str, method: &str, path: &str, kind: &str, body: Value) -> (StatusCode, Value) {
        let (status, text) = self.text(user, method, path, kind, body).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask("maria", "GET", path, "", Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{value}");
        value
    }

    async fn patch(&self, path: &str, operations: Value) -> (StatusCode, Value) {
        self.ask("maria", "PATCH", path, JSON_PATCH, operations).await
    }

    async fn lines(&self, path: &str) -> Vec<Value> {
        let (_, text) = self.text("maria", "GET", path, "", Value::Null).await;
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    async fn pods(&self, namespace: &str, service: &str) -> Vec<Value> {
        let path = format!("/api/v1/namespaces/{namespace}/pods?labelSelector=app.kubernetes.io/name={service}");
        list(&self.get(&path).await, "items").to_vec()
    }

    /// The template of the newest revision of media-service but one.
    async fn previous_template(&self) -> Value {
        let sets = self
            .get("/apis/apps/v1/namespaces/production/replicasets?labelSelector=app.kubernetes.io/name=media-service")
            .await;
        let is_previous = |set: &&Value| text(set, "spec.template.spec.containers.0.image").ends_with(":3.1.0");
        let mut template = list(&sets, "items").iter().find(is_previous).unwrap()["spec"]["template"].clone();
        template["metadata"]["labels"].as_object_mut().unwrap().shift_remove("pod-template-hash");
        template
    }
}
