//! Whole objects as JSON: for plans, differences and details. The values of secrets end here.

use serde_json::{Value, json};

use super::error::ClientError;
use super::reader::{Reader, Review};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::redaction::blank_secret;
use crate::domain::text::Text;
use crate::domain::update::Identity;
use crate::domain::uri::encode;

/// How many objects are asked for at once.
const PAGE: usize = 500;

impl Reader {
    /// Reads one whole object. Of a secret, the keys stay and the values go.
    pub async fn get_object(&self, object: &ObjectRef) -> Result<Value, ClientError> {
        let mut value = self.get_json(&object.path()).await?;
        if object.kind == Kind::Secret {
            blank_secret(&mut value);
        }
        Ok(value)
    }

    /// Reads the whole objects of a kind in a namespace that match a label selector; an empty one matches all.
    pub async fn list_objects(&self, kind: Kind, namespace: &str, selector: &str) -> Result<Vec<Value>, ClientError> {
        let mut objects = Vec::new();
        let mut next = String::new();
        loop {
            let path = kind.path((!namespace.is_empty()).then_some(namespace));
            let query = format!("limit={PAGE}&labelSelector={}&continue={}", encode(selector), encode(&next));
            let mut page = self.get_json(&format!("{path}?{query}")).await?;
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                objects.extend(items);
            }
            page["metadata"]["continue"].as_str().unwrap_or_default().clone_into(&mut next);
            if next.is_empty() {
                break;
            }
        }
        objects.retain(Value::is_object);
        for object in &mut objects {
            // Items of a list do not say what they are; whoever prints one wants to.
            object["apiVersion"] = kind.api_version().into();
            object["kind"] = kind.name().into();
            if kind == Kind::Secret {
                blank_secret(object);
            }
        }
        Ok(objects)
    }

    /// Asks the server who we are.
    pub async fn identity(&self) -> Result<Identity, ClientError> {
        let body = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
        let answer = self.create_review(Review::SelfSubject, &body).await?;
        let user = &answer["status"]["userInfo"];
        let groups = user["groups"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Ok(Identity {
            user: Text::from_untrusted(user["username"].as_str().unwrap_or_default()),
            groups: groups.map(Text::from_untrusted).collect(),
        })
    }
}
