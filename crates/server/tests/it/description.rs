//! The API's description: whole, with examples that hold, and true to what is answered.

use crate::{
    house::House,
    routes::{Gate::Everybody, routes},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Method, path and description of every operation.
fn operations(described: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = described["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().expect("operations").iter();
        operations.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

async fn described() -> Value {
    let openapi = server::openapi().await.expect("the description");
    serde_json::to_value(openapi).expect("JSON")
}

#[tokio::test]
async fn every_body_has_an_example() {
    let openapi = server::openapi().await.expect("the description");
    let lacks = server::description::lacks(&openapi);
    let told: BTreeSet<String> = lacks.iter().map(|lack| format!("{}: {}", lack.operation, lack.field)).collect();
    assert_eq!(told, BTreeSet::new(), "give the field an `example`, or `description/examples.rs` a word for its name");
}

#[tokio::test]
async fn examples_are_what_their_schemas_say() {
    let described = described().await;
    let mut broken = Vec::new();
    let mut looked_at = 0;
    for (place, media) in bodies(&described) {
        let (Some(example), Some(schema)) = (media.get("example"), media.get("schema")) else { continue };
        // References of the schema are looked up in the document around it.
        let whole = json!({"allOf": [schema], "components": described["components"]});
        let validator = jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{place}: {error}"));
        broken.extend(
            validator.iter_errors(example).map(|error| format!("{place}: {error} at {}", error.instance_path())),
        );
        looked_at += 1;
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(looked_at > 150, "{looked_at}");
}

/// Every body of a request or an answer, where it stands.
fn bodies(described: &Value) -> Vec<(String, &Value)> {
    let mut holders = Vec::new();
    for (name, operation) in operations(described) {
        holders.push((format!("{name} request"), &operation["requestBody"]));
        let responses = operation["responses"].as_object().expect("answers");
        holders.extend(responses.iter().map(|(status, response)| (format!("{name} {status}"), response)));
    }
    let shared = described["components"]["responses"].as_object().expect("shared answers");
    holders.extend(shared.iter().map(|(name, response)| (name.clone(), response)));
    let contents = holders.into_iter().flat_map(|(place, holder)| {
        let contents = holder["content"].as_object().into_iter().flatten();
        contents.map(move |(kind, media)| (format!("{place} {kind}"), media))
    });
    contents.collect()
}

#[tokio::test]
async fn operations_are_called_by_what_they_do() {
    let described = described().await;
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&described) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        // `rooms` is no name for a function of a client, `list_rooms` is.
        assert!(plain && name.contains('_'), "{place} is called `{name}`");
        assert!(names.insert(name.to_owned()), "{place} is not the only `{name}`");
    }
}

#[tokio::test]
async fn errors_are_described_once_and_referred_to() {
    let described = described().await;
    for (place, operation) in operations(&described) {
        for (status, response) in operation["responses"].as_object().expect("answers") {
            let is_error = status.as_str() >= "400";
            let shared = response["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/responses/"));
            assert_eq!(shared.is_some(), is_error, "{place} {status}: {response}");
            let Some(shared) = shared else {
                assert_ne!(response["description"], "", "{place} {status}");
                continue;
            };
            let shared = &described["components"]["responses"][shared];
            assert!(shared["content"]["application/problem+json"].is_object(), "{place} {status}: {response}");
        }
    }
}

#[tokio::test]
async fn the_rate_limit_is_described_where_it_is_kept() {
    let house = House::start().await;
    let described = house.description().await;
    for route in routes().into_iter().filter(|route| route.gate != Everybody || route.method == "GET") {
        let answer = house.head(route.method, &route.call_in(&house)).await;
        let limited = answer.contains_key("ratelimit");
        let told = &described["paths"][route.path][route.method.to_lowercase()]["responses"]["429"]["$ref"];
        let told = told == "#/components/responses/RateLimited";
        assert_eq!(told, limited, "{} {}", route.method, route.path);
    }
    let shared = &described["components"]["responses"]["RateLimited"]["headers"];
    for header in ["Retry-After", "RateLimit", "RateLimit-Policy"] {
        assert!(shared[header]["example"] != Value::Null, "{header}");
    }
}

#[tokio::test]
async fn credentials_are_described_as_they_are_asked_for() {
    let house = House::start().await;
    let described = house.description().await;
    for (place, operation) in operations(&described) {
        let (method, path) = place.split_once(' ').expect("a method and a path");
        let needs = operation.get("security").unwrap_or(&described["security"]).as_array().expect("ways").clone();
        let route = routes().into_iter().find(|route| route.method == method && route.path == path);
        let route = route.unwrap_or_else(|| panic!("{place} is in no table"));
        let (status, body) = route.ask(&house, None).await;
        // A wrong secret is refused wherever it stands.
        let turned_away = status == 401 && route.gate != Everybody;
        // A socket is first asked whether it is one.
        if !needs.contains(&json!({})) && !path.starts_with("/ws/") {
            assert!(turned_away, "{place}: {status} {body}");
        }
        for way in needs.iter().filter_map(Value::as_object).flat_map(|way| way.keys()) {
            assert!(described["components"]["securitySchemes"][way].is_object(), "{place}: `{way}`");
        }
    }
}
