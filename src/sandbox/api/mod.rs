//! The HTTP face of the sandbox: the Kubernetes API as JSON.

mod discovery;
mod eviction;
mod log;
mod patch;
mod read;
mod refusal;
mod reply;
mod review;
mod route;
mod watch;
mod write;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;

use self::refusal::Refusal;
use self::reply::Shape;
use self::route::{Parameters, Route, is_set};
use super::access::{self, User};
use super::clock::Clock;
use super::kinds::Kind;
use super::signals;
use super::world::World;

/// The largest request body accepted, as on a real server.
const LARGEST_BODY: usize = 3 * 1024 * 1024;

/// The world behind the API, shared by all requests.
#[derive(Clone)]
pub(crate) struct Platform {
    world: Arc<Mutex<World>>,
    clock: Clock,
    /// Tells waiting watches and logs that time has passed or an object has changed.
    moved: channel::Sender<()>,
    /// Ends every open answer when the sandbox stops.
    pub(crate) stopping: CancellationToken,
}

impl Platform {
    pub(crate) fn new(world: World, clock: Clock) -> Self {
        let world = Arc::new(Mutex::new(world));
        Self { world, clock, moved: channel::Sender::new(()), stopping: CancellationToken::new() }
    }

    /// Gives access to the world as it is by the clock's time.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world: MutexGuard<'_, World> = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let before = (world.now, world.store.version());
        world.catch_up(self.clock.now());
        let answer = act(&mut world);
        let is_moved = before != (world.now, world.store.version());
        drop(world);
        if is_moved {
            self.moved.send_replace(());
        }
        answer
    }

    /// Keeps the world moving with the clock until the sandbox stops.
    pub(crate) async fn run(self) {
        let mut hands = self.clock.hands();
        loop {
            tokio::select! {
                () = hands.moved() => self.with(|_| ()),
                () = self.stopping.cancelled() => return,
            }
        }
    }

    /// Returns the routes over this world.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(serve).with_state(self)
    }
}

async fn serve(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match answer(&platform, &parts, body).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(platform: &Platform, parts: &Parts, body: Body) -> Result<Response, Refusal> {
    let path = parts.uri.path();
    if matches!(path, "/readyz" | "/livez" | "/healthz") {
        return Ok(reply::with_type(StatusCode::OK, "text/plain; charset=utf-8", Body::from("ok")));
    }
    let user = user_of(&parts.headers)?;
    let shape = Shape::negotiate(&parts.headers)?;
    if parts.method == Method::GET
        && let Some(document) = discovery::document(path)
    {
        return Ok(reply::json(StatusCode::OK, &document));
    }
    let body = to_bytes(body, LARGEST_BODY).await;
    let body = body
        .map_err(|_unsaid| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "limit is 3145728"))?;
    refuse_protobuf(&parts.headers)?;
    if parts.method == Method::POST
        && let Some(made) = review::answer(path, user, &body)
    {
        return Ok(reply::json(StatusCode::CREATED, &made?));
    }
    if let Some((server, path)) = signals::route(path) {
        return proxy(platform, user, (server, path), parts, &body);
    }
    let route = Route::parse(path).ok_or_else(Refusal::no_such_resource)?;
    let Query(parameters) = Query::<Parameters>::try_from_uri(&parts.uri)
        .map_err(|problem| Refusal::bad_request(format!("invalid query: {}", problem.body_text())))?;
    let wish = route.attributes(&parts.method, &parameters);
    if !user.may(&wish) {
        let message = access::forbidden(user, route.kind, &wish);
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Forbidden", message).about(route.kind, &route.name));
    }
    let call = Call { platform, route, parameters, shape, headers: &parts.headers, body };
    call.dispatch(&parts.method)
}

/// Passes a request on to a server of signals.
fn proxy(
    platform: &Platform,
    user: &User,
    (server, path): (&str, &str),
    parts: &Parts,
    body: &[u8],
) -> Result<Response, Refusal> {
    let kind = Kind::of("services");
    let wish = access::Attributes {
        verb: match parts.method {
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => "get",
        }
        .to_owned(),
        resource: "services".to_owned(),
        subresource: "proxy".to_owned(),
        namespace: signals::NAMESPACE.to_owned(),
        name: server.to_owned(),
        ..access::Attributes::default()
    };
    if !user.may(&wish) {
        let message = access::forbidden(user, kind, &wish);
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Forbidden", message).about(kind, server));
    }
    let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|problem| Refusal::bad_request(format!("invalid query: {}", problem.body_text())))?;
    let asked = signals::Asked { method: &parts.method, server, path, query: &query, body };
    let answer = platform.with(|world| signals::answer(world, &asked));
    match answer.ok_or_else(Refusal::no_such_resource)? {
        (status, Value::Null) => Ok(reply::with_type(status, "application/json", Body::empty())),
        (status, told) => Ok(reply::json(status, &told)),
    }
}

/// Bodies are JSON here; a client that prefers protobuf tries again with JSON when it is told so.
fn refuse_protobuf(headers: &HeaderMap) -> Result<(), Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.starts_with("application/vnd.kubernetes.protobuf") {
        return Ok(());
    }
    let message = "the body of the request was in an unknown format - accepted media types include: application/json";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message))
}

fn user_of(headers: &HeaderMap) -> Result<&'static User, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = value.strip_prefix("Bearer ").unwrap_or_default();
    User::of_token(token).ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized"))
}

/// One request that was understood and is allowed.
pub(super) struct Call<'a> {
    platform: &'a Platform,
    route: Route,
    parameters: Parameters,
    shape: Shape,
    headers: &'a HeaderMap,
    body: Bytes,
}

impl Call<'_> {
    fn dispatch(&self, method: &Method) -> Result<Response, Refusal> {
        let is_list = self.route.name.is_empty();
        match (method.as_str(), self.route.subresource.as_str()) {
            ("GET", "") if is_set(&self.parameters.watch) => self.watch(),
            ("GET", "") if is_list => self.list(),
            ("GET", "" | "status") => self.get(),
            ("GET", "log") if self.route.kind.plural == "pods" => self.log(),
            ("GET", "scale") if self.route.kind.scales() => self.get_scale(),
            ("POST", "") if self.route.kind.plural == "leases" && is_list => self.create(),
            ("PATCH", "") if !is_list => self.patch(),
            ("PATCH", "status") if self.route.kind.has_status() => self.patch_status(),
            ("PATCH" | "PUT", "scale") if self.route.kind.scales() => self.write_scale(method),
            ("DELETE", "") if self.route.kind.plural == "pods" && !is_list => self.delete_pod(),
            ("POST", "eviction") if self.route.kind.plural == "pods" => self.evict(),
            (_, "") => Err(Refusal::method_not_allowed()),
            _ => Err(Refusal::no_such_resource()),
        }
    }

    /// Returns the object that the path names.
    fn find(&self, world: &World) -> Result<Arc<Value>, Refusal> {
        let found = world.store.get(self.route.kind.plural, &self.route.namespace, &self.route.name);
        found.ok_or_else(|| Refusal::not_found(self.route.kind, &self.route.name))
    }

    fn is_dry_run(&self) -> bool {
        self.parameters.dry_run == "All"
    }

    /// Returns the name under which a write is noted.
    fn manager(&self) -> &str {
        if !self.parameters.field_manager.is_empty() {
            return &self.parameters.field_manager;
        }
        let agent = self.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("unknown");
        agent.split(['/', ' ']).next().unwrap_or("unknown")
    }
}
