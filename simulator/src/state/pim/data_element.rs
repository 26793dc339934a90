//! [`DataElement`]: a method of protection with its parameters (reference, line 2989; notes, section 3).

use super::Object;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The key of the method that refuses the no-access operation `PROTECTED_VALUE`.
pub(crate) const AES_256_CBC: &str = "aes256CbcEnc";

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DataElement {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(flatten)]
    pub(crate) method: Method,
}

/// A field of the data element, whose name is the method and whose value has the parameters as they were sent.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) key: &'static str,
    pub(crate) parameters: Map<String, Value>,
}

impl Method {
    /// A parameter that is a uid.
    pub(crate) fn reference(&self, parameter: &str) -> Option<&str> {
        self.parameters.get(parameter).and_then(Value::as_str)
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.key, &self.parameters)])
    }
}

impl Object for DataElement {
    const KIND: &'static str = "Data element";

    fn name(&self) -> &str {
        &self.name
    }
}
