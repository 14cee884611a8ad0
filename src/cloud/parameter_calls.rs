//! Parameters of Systems Manager that hold the id of an image.

use std::future::Future;

use super::api::CloudResult;
use super::{ImageId, Region};

/// A parameter as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Its value.
    pub(crate) value: String,
    /// `aws:ec2:image` or `text`.
    pub(crate) data_type: String,
}

impl Parameter {
    /// One that holds an image: Systems Manager checks that there is such an image, unless the parameter is one of plain text, which
    /// it stays (<https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-data-types.html>).
    pub(crate) fn of_image(image: &ImageId, old: Option<&Self>) -> Self {
        let data_type = old.map_or("aws:ec2:image", |old| old.data_type.as_str());
        Self {
            value: image.as_str().to_owned(),
            data_type: data_type.to_owned(),
        }
    }
}

/// Calls about parameters.
pub(crate) trait ParameterCalls {
    /// `GetParameter`; `None` where there is none.
    fn parameter(
        &self,
        region: &Region,
        name: &str,
    ) -> impl Future<Output = CloudResult<Option<Parameter>>> + Send;
    /// `PutParameter` of type `String`, over what is there.
    fn put_parameter(
        &self,
        region: &Region,
        name: &str,
        parameter: &Parameter,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DeleteParameter`.
    fn delete_parameter(
        &self,
        region: &Region,
        name: &str,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
