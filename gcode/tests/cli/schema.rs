//! As much of JSON Schema as ours uses.

use serde_json::Value;

/// Holds `value` against the parts of JSON Schema that ours uses.
pub(crate) fn valid(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        return valid(value, &root["$defs"][name.trim_start_matches("#/$defs/")], root);
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{value} is none of {allowed:?}"));
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    };
    let several = schema["type"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let kinds: Vec<&str> = several.chain(schema["type"].as_str()).collect();
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        return Err(format!("{value} is no {kinds:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        valid(item, &schema["items"], root)?;
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().expect("a name");
        object.get(name).ok_or_else(|| format!("{name} is missing"))?;
    }
    for (name, value) in object {
        let known = schema["properties"].get(name);
        let schema = known.unwrap_or_else(|| &schema["additionalProperties"]);
        if *schema == Value::Bool(false) {
            return Err(format!("{name} is not described"));
        }
        valid(value, schema, root).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}
