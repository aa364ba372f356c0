//! The file of roles: what each role may do in which environment, and who has which.
//!
//! Without the file midwatch has no opinion, and each cluster decides. What the roles mean for a change is decided by
//! `operations::policy`; this module only reads them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::actor::{Binding, Grant, Permission, Role};
use crate::domain::text::Text;

use super::assets::{Asset, Fault, Origin, unknown};
use super::trust;

/// A file of roles to begin with, which explains itself: an administrator, a developer and a viewer.
pub const EXAMPLE: &str = include_str!("roles-example.toml");

/// What a file of roles says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The roles, by name.
    pub roles: Vec<Role>,
    /// Who has which, in the order of the file.
    pub bindings: Vec<Binding>,
}

impl Roles {
    /// Reads a file that nobody else could have written; none where there is no file.
    pub fn read(path: &Path) -> Result<Option<Self>, Fault> {
        let text = trust::read(path)?;
        text.map(|text| Self::parse(&path.display().to_string(), text)).transpose()
    }

    /// Makes sense of a text; `file` is what errors call it.
    pub fn parse(file: &str, text: String) -> Result<Self, Fault> {
        let asset = Asset { name: "roles".to_owned(), file: file.to_owned(), origin: Origin::User, text: text.into() };
        let written: Written = asset.parse()?;
        let names: Vec<&str> = written.roles.keys().map(String::as_str).collect();
        let bindings =
            written.bindings.iter().map(|binding| bound(binding, &names, &asset)).collect::<Result<_, _>>()?;
        let roles = written.roles.iter().map(|(name, grants)| {
            let grants = grants.iter().map(|grant| granted(grant, &asset)).collect::<Result<_, _>>()?;
            Ok(Role { name: Text::from_untrusted(name), grants })
        });
        Ok(Self { roles: roles.collect::<Result<_, Fault>>()?, bindings })
    }
}

/// The file's shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    roles: BTreeMap<String, Vec<Spanned<WrittenGrant>>>,
    #[serde(default)]
    bindings: Vec<Spanned<WrittenBinding>>,
}

/// One `[[roles.NAME]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGrant {
    permissions: Vec<Spanned<String>>,
    environments: Vec<String>,
}

/// One `[[bindings]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBinding {
    role: Spanned<String>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

/// Reads what a role is granted.
fn granted(written: &Spanned<WrittenGrant>, asset: &Asset) -> Result<Grant, Fault> {
    let grant = written.get_ref();
    if grant.permissions.is_empty() || grant.environments.is_empty() {
        return Err(asset.fault(Some(written.span()), "grants nothing: name permissions and environments"));
    }
    let permissions = grant.permissions.iter().map(|word| permission(word, asset)).collect::<Result<_, _>>()?;
    Ok(Grant { permissions, environments: texts(&grant.environments) })
}

/// Reads a permission.
fn permission(word: &Spanned<String>, asset: &Asset) -> Result<Permission, Fault> {
    Permission::ALL.into_iter().find(|permission| permission.word() == word.get_ref()).ok_or_else(|| {
        let known = Permission::ALL.map(Permission::word);
        let what = unknown("permission", word.get_ref(), known);
        asset.fault(Some(word.span()), format!("{what}; there are {}", known.join(", ")))
    })
}

/// Reads who has a role.
fn bound(written: &Spanned<WrittenBinding>, names: &[&str], asset: &Asset) -> Result<Binding, Fault> {
    let WrittenBinding { role, users, groups } = written.get_ref();
    if !names.contains(&role.get_ref().as_str()) {
        let what = unknown("role", role.get_ref(), names.iter().copied());
        let known =
            if names.is_empty() { "none is defined".to_owned() } else { format!("there are {}", names.join(", ")) };
        return Err(asset.fault(Some(role.span()), format!("{what}; {known}")));
    }
    if users.is_empty() && groups.is_empty() {
        return Err(asset.fault(Some(written.span()), "binds nobody: name users or groups"));
    }
    Ok(Binding { role: Text::from_untrusted(role.get_ref()), users: texts(users), groups: texts(groups) })
}

fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::from_untrusted(word)).collect()
}

#[cfg(test)]
mod tests;
