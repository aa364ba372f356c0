//! Reading one object or a list, whole or page by page.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::reply;
use crate::sandbox::object::{name, namespace};
use crate::sandbox::selector::Selection;

impl Call<'_> {
    pub(super) fn get(&self) -> Result<Response, Refusal> {
        let object = self.platform.with(|world| self.find(world))?;
        Ok(reply::json(StatusCode::OK, &self.shape.of(&object)))
    }

    pub(super) fn selection(&self) -> Result<Selection, Refusal> {
        Selection::parse(&self.parameters.label_selector, &self.parameters.field_selector).map_err(Refusal::bad_request)
    }

    /// Says whether an object is in the namespace asked for.
    pub(super) fn is_in_scope(&self, object: &Value) -> bool {
        self.route.namespace.is_empty() || self.route.namespace == namespace(object)
    }

    pub(super) fn list(&self) -> Result<Response, Refusal> {
        let selection = self.selection()?;
        let page = Page::parse(&self.parameters.token)?;
        let (mut objects, newest, remembered) = self.platform.with(|world| {
            let objects = world.store.list(self.route.kind.plural);
            let known = page.as_ref().is_none_or(|page| world.store.remembers(page.version));
            (objects, world.store.version(), known)
        });
        if !remembered {
            let message = "The provided continue parameter is too old to display a consistent list result.";
            return Err(Refusal::new(StatusCode::GONE, "Expired", message));
        }
        self.refuse_the_future(newest)?;
        objects.retain(|object| self.is_in_scope(object) && selection.matches(object));
        if let Some(page) = &page {
            objects.retain(|object| (namespace(object), name(object)) > (&page.namespace, &page.name));
        }
        // Later pages keep the version of the first: a watch from there repeats what changed in between.
        let version = page.map_or(newest, |page| page.version);
        let mut metadata = json!({"resourceVersion": version.to_string()});
        let limit = self.parameters.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        if objects.len() > limit {
            let remaining = objects.len() - limit;
            objects.truncate(limit);
            if let Some(last) = objects.last() {
                metadata["continue"] = json!(format!("{version}:{}/{}", namespace(last), name(last)));
            }
            if selection.is_everything() {
                metadata["remainingItemCount"] = json!(remaining);
            }
        }
        let items: Vec<Value> = objects.iter().map(|object| self.shape.of_item(object)).collect();
        let (api_version, kind) = self.shape.list_kind(self.route.kind);
        let list = json!({"kind": kind, "apiVersion": api_version, "metadata": metadata, "items": items});
        Ok(reply::json(StatusCode::OK, &list))
    }

    fn refuse_the_future(&self, newest: u64) -> Result<(), Refusal> {
        let asked = self.parameters.resource_version.parse().unwrap_or(0);
        if asked <= newest {
            return Ok(());
        }
        let message = format!("Timeout: Too large resource version: {asked}, current: {newest}");
        Err(Refusal::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message))
    }
}

/// Where the next page of a list begins.
struct Page {
    version: u64,
    namespace: String,
    name: String,
}

impl Page {
    fn parse(token: &str) -> Result<Option<Self>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        let (version, last) = token.split_once(':').unwrap_or_default();
        match (version.parse(), last.split_once('/')) {
            (Ok(version), Some((namespace, name))) => {
                Ok(Some(Self { version, namespace: namespace.to_owned(), name: name.to_owned() }))
            }
            _ => Err(Refusal::bad_request("continue key is not valid")),
        }
    }
}
