//! The exports of the component as text: for each interface its name, and for each
//! of its items a line.

use httplib_host_tests::{artifacts::COMPONENT_BYTES, engine};
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem, Type};
use wasmtime::component::{Component, ResourceType};
use wasmtime::{Engine, Result};

/// All of them. Documentation is no part of it, nor are the names of types that
/// are the same as another one.
pub(super) fn exports() -> Result<String> {
    let engine = engine()?;
    let component = Component::from_binary(&engine, COMPONENT_BYTES)?;
    let mut text = String::new();
    for (name, export) in component.component_type().exports(&engine) {
        match export.ty {
            ComponentItem::ComponentInstance(interface) => {
                text += &format!("{name}\n");
                text += &Names::of(&interface, &engine).items(&interface, &engine);
            }
            other => text += &format!("{name}: {other:?}\n"),
        }
    }
    Ok(text)
}

/// What an interface calls its types.
#[derive(Default)]
struct Names {
    types: Vec<(String, Type)>,
    resources: Vec<(String, ResourceType)>,
}

impl Names {
    fn of(interface: &ComponentInstance, engine: &Engine) -> Self {
        let mut names = Self::default();
        for (name, export) in interface.exports(engine) {
            match export.ty {
                ComponentItem::Resource(resource) => {
                    names.resources.push((name.to_owned(), resource));
                }
                ComponentItem::Type(definition) => {
                    names.types.push((name.to_owned(), definition));
                }
                _ => {}
            }
        }
        names
    }

    fn items(&self, interface: &ComponentInstance, engine: &Engine) -> String {
        let line = |(name, item)| match item {
            ComponentItem::ComponentFunc(function) => {
                format!("  {name}: {}\n", self.function(&function))
            }
            ComponentItem::Type(definition) => format!("  {name}: {}\n", self.define(&definition)),
            ComponentItem::Resource(_) => format!("  {name}: resource\n"),
            other => format!("  {name}: {other:?}\n"),
        };
        let exports = interface.exports(engine);
        exports
            .map(|(name, export)| line((name, export.ty)))
            .collect()
    }

    fn function(&self, function: &ComponentFunc) -> String {
        let parameters = function
            .params()
            .map(|(name, definition)| format!("{name}: {}", self.name(&definition)));
        let results = function
            .results()
            .map(|definition| format!(" -> {}", self.name(&definition)));
        let asynchronous = if function.async_() { "async " } else { "" };
        format!(
            "{asynchronous}func({}){}",
            list(parameters),
            results.collect::<String>()
        )
    }

    fn name(&self, wanted: &Type) -> String {
        match self.types.iter().find(|(_, known)| known == wanted) {
            Some((name, _)) if is_defined_by_name(wanted) => name.clone(),
            _ => self.define(wanted),
        }
    }

    fn resource(&self, wanted: &ResourceType) -> &str {
        let mut known = self.resources.iter();
        known
            .find(|(_, known)| known == wanted)
            .map_or("?", |(name, _)| name)
    }

    fn define(&self, definition: &Type) -> String {
        let or_nothing = |part: Option<Type>| part.map_or("_".to_owned(), |part| self.name(&part));
        match definition {
            Type::Own(resource) => self.resource(resource).to_owned(),
            Type::Borrow(resource) => format!("borrow<{}>", self.resource(resource)),
            Type::List(of) => format!("list<{}>", self.name(&of.ty())),
            Type::Option(of) => format!("option<{}>", self.name(&of.ty())),
            Type::Result(of) => {
                format!("result<{}, {}>", or_nothing(of.ok()), or_nothing(of.err()))
            }
            Type::Tuple(of) => {
                let types = of.types();
                format!("tuple<{}>", list(types.map(|part| self.name(&part))))
            }
            Type::Enum(of) => format!("enum {{ {} }}", list(of.names().map(str::to_owned))),
            Type::Flags(of) => format!("flags {{ {} }}", list(of.names().map(str::to_owned))),
            Type::Record(of) => {
                let field = |name: &str, part: &Type| format!("{name}: {}", self.name(part));
                let fields = of.fields();
                format!(
                    "record {{ {} }}",
                    list(fields.map(|it| field(it.name, &it.ty)))
                )
            }
            Type::Variant(of) => {
                let case = |name: &str, payload: Option<Type>| match payload {
                    Some(payload) => format!("{name}({})", self.name(&payload)),
                    None => name.to_owned(),
                };
                let cases = of.cases();
                format!(
                    "variant {{ {} }}",
                    list(cases.map(|it| case(it.name, it.ty)))
                )
            }
            simple => format!("{simple:?}").to_lowercase(),
        }
    }
}

/// The others are what they are made of.
fn is_defined_by_name(definition: &Type) -> bool {
    matches!(
        definition,
        Type::Enum(_) | Type::Flags(_) | Type::Record(_) | Type::Variant(_)
    )
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
