//! Packer's functions: what each takes, where it is allowed, and what it says where it is not.

use super::section::{BuilderFunctions, PLACEHOLDER, Section};
use super::text::Scope;
use super::{library, secrets};
use crate::template::gotmpl::{FunctionError, Functions, Kind, Signature, Value};
use crate::version::PACKER;

/// The functions for one rendering.
pub(super) struct Dispatcher<'a> {
    pub(super) scope: &'a Scope,
    pub(super) data: &'a Value,
}

const NOTHING: Signature = Signature::fixed(&[]);
const ONE_TEXT: Signature = Signature::fixed(&[Kind::String]);
const TWO_TEXTS: Signature = Signature::fixed(&[Kind::String, Kind::String]);
const TEXTS: Signature = Signature::variadic(&[Kind::String]);

impl Functions for Dispatcher<'_> {
    fn has(&self, name: &str) -> bool {
        self.signature(name).is_some()
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "build_name" | "build_type" | "packer_version" | "pwd" | "template_dir"
            | "timestamp" | "uuid" => NOTHING,
            "aws_secretsmanager_raw"
            | "build"
            | "consul_key"
            | "env"
            | "lower"
            | "strftime"
            | "upper"
            | "user" => ONE_TEXT,
            "sed" | "vault" => TWO_TEXTS,
            "aws_secretsmanager" | "isotime" => TEXTS,
            "split" => Signature::fixed(&[Kind::String, Kind::String, Kind::Int]),
            "replace" => Signature::fixed(&[Kind::String, Kind::String, Kind::Int, Kind::String]),
            "replace_all" => Signature::fixed(&[Kind::String, Kind::String, Kind::String]),
            "clean_resource_name"
                if matches!(
                    self.scope.section,
                    Section::Builder(BuilderFunctions::Amazon | BuilderFunctions::AmazonVolume)
                ) =>
            {
                ONE_TEXT
            }
            _ => return None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let world = &self.scope.world;
        let is_variables = self.scope.section == Section::Variables;
        match (name, arguments) {
            ("user", [Value::String(name)]) => self.user(name),
            ("env", [Value::String(name)]) if is_variables => Ok(world
                .environment
                .get(name)
                .cloned()
                .unwrap_or_default()
                .into()),
            ("env", _) => refuse("env vars are not allowed here"),
            ("consul_key", [Value::String(key)]) if is_variables => {
                secrets::consul_key(&world.lookups, key)
            }
            ("consul_key", _) => refuse("consul_key is not allowed here"),
            ("vault", [Value::String(path), Value::String(key)]) if is_variables => {
                secrets::vault(&world.lookups, &world.environment, (path, key))
            }
            ("vault", _) => refuse("Vault vars are only allowed in the variables section"),
            ("aws_secretsmanager", _) if is_variables => {
                secrets::aws_secretsmanager(&world.lookups, arguments)
            }
            ("aws_secretsmanager_raw", [Value::String(name)]) if is_variables => {
                secrets::aws_secretsmanager_raw(&world.lookups, name)
            }
            ("aws_secretsmanager" | "aws_secretsmanager_raw", _) => {
                refuse("AWS Secrets Manager is only allowed in the variables section")
            }
            ("build_name" | "build_type", _) => self.build_name(name),
            ("build", [Value::String(key)]) => self.build(key),
            ("template_dir", _) => Ok(world.template_directory.clone().into()),
            ("pwd", _) => Ok(world.working_directory.clone().into()),
            ("packer_version", _) => Ok(PACKER.into()),
            ("sed", _) => refuse(
                "template function `sed` is deprecated use `replace` or `replace_all` instead.\
                 Documentation: https://www.packer.io/docs/templates/engine",
            ),
            _ => library::call(name, arguments, world.now.into()),
        }
    }
}

impl Dispatcher<'_> {
    /// An undeclared variable is empty, but inside `variables` it stops the rendering, since it may come later.
    fn user(&self, name: &str) -> Result<Value, FunctionError> {
        match self.scope.variables.get(name) {
            Some(value) => Ok(value.clone().into()),
            None if self.scope.section == Section::Variables => Err(FunctionError::new(format!(
                "Error: {VARIABLE_NOT_SET}: {name}: Please make sure that the variable you're referencing has been defined; \
                 Packer treats all variables used to interpolate other user variables as required."
            ))),
            None => Ok(Value::String(String::new())),
        }
    }

    fn build_name(&self, function: &str) -> Result<Value, FunctionError> {
        let names = self.scope.build.as_ref();
        let names = names.ok_or_else(|| FunctionError::new(format!("{function} not available")))?;
        Ok(if function == "build_name" {
            &names.name
        } else {
            &names.kind
        }
        .clone()
        .into())
    }

    /// Data of the build. Before there is any, the answer is an action that is rendered again at run time.
    fn build(&self, key: &str) -> Result<Value, FunctionError> {
        let Value::Map(data) = self.data else {
            return refuse(&format!(
                "Error validating build variable: the given variable {key} will not be passed into your plugin."
            ));
        };
        match data.get(key) {
            Some(Value::String(held)) if held.contains(PLACEHOLDER) => {
                Ok(format!("{{{{.{key}}}}}").into())
            }
            Some(value) => Ok(value.clone()),
            None => refuse(&format!("loaded data, but couldnt find {key} in it.")),
        }
    }
}

/// How a rendering that may succeed later is told from one that never will. The words are Packer's.
pub(crate) const VARIABLE_NOT_SET: &str = "variable not set";

fn refuse(message: &str) -> Result<Value, FunctionError> {
    Err(FunctionError::new(message))
}
