//! The API's description, beyond what its handlers say of themselves: credentials, errors, limits, permissions, examples.
//!
//! Everything here holds for every route by itself; a new handler says only what is its own.

mod bounds;
mod errors;
mod examples;
mod permissions;
mod words;

use axum::http::{Method, StatusCode};
use utoipa::openapi::{
    Content, ContentBuilder, KnownFormat, LicenseBuilder, ObjectBuilder, OpenApi, RefOr, SchemaFormat, Type,
    path::{Operation, ParameterBuilder, ParameterIn},
    response::Responses,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

pub use examples::{Lack, lacks};
pub use permissions::say_permissions;

/// Everything but the permissions, which are asked of the routes themselves.
pub fn complete(mut openapi: OpenApi) -> OpenApi {
    head(&mut openapi);
    for (path, method, operation) in operations(&mut openapi) {
        credentials(path, operation);
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && let Some(schema) = &mut parameter.schema
            {
                bounds::unsigned(schema);
            }
        }
        files(operation);
        once(path, &method, operation);
        let expected = errors::expected(path, &method, operation);
        errors::refer(&expected, &mut operation.responses);
        answers(&mut operation.responses);
    }
    let components = openapi.components.get_or_insert_default();
    errors::describe(components);
    for schema in components.schemas.values_mut() {
        bounds::unsigned(schema);
    }
    components.parameters.insert(ONCE.into(), RefOr::T(idempotency_key()));
    examples::give(&mut openapi);
    openapi
}

/// Every operation, with its path and method.
fn operations(openapi: &mut OpenApi) -> impl Iterator<Item = (&str, Method, &mut Operation)> {
    openapi.paths.paths.iter_mut().flat_map(|(path, item)| {
        let methods = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
            (Method::PATCH, &mut item.patch),
        ];
        methods.into_iter().filter_map(|(method, operation)| Some((path.as_str(), method, operation.as_mut()?)))
    })
}

fn head(openapi: &mut OpenApi) {
    openapi.info.title = "Kaibo".into();
    openapi.info.contact = None;
    openapi.info.version = env!("CARGO_PKG_VERSION").into();
    openapi.info.description =
        Some("Live-streaming operations 直播运营. Errors are RFC 9457 problem details with a stable `code`.".into());
    openapi.info.license = Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("An API token `kbo_…`; on `/v1/*` also a source's write key.".into());
    let mut write_key = Http::new(HttpAuthScheme::Basic);
    write_key.description = Some("A source's write key as user, without a password.".into());
    let session = ApiKeyValue::with_description(accounts::SESSION_COOKIE, "The cookie of a sign-in.");
    let viewer = ApiKeyValue::with_description("token", "A viewer token of the room.");
    let components = openapi.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    components.add_security_scheme(WRITE_KEY, SecurityScheme::Http(write_key));
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    components.add_security_scheme(VIEWER, SecurityScheme::ApiKey(ApiKey::Query(viewer)));
    openapi.security = Some(vec![needs(BEARER), needs(SESSION)]);
}

const BEARER: &str = "bearer";
const SESSION: &str = "session";
const VIEWER: &str = "viewer";
const WRITE_KEY: &str = "write_key";

fn needs(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, Vec::<String>::new())
}

/// Staff everywhere, unless the handler says otherwise; collectors and viewers have credentials of their own.
fn credentials(path: &str, operation: &mut Operation) {
    let takes_token = takes(operation, ParameterIn::Query, "token");
    if takes_token {
        // Who comes to a playlist without a token is sent to the same one with a token.
        let none = operation.responses.responses.contains_key("302").then(SecurityRequirement::default);
        operation.security = Some(none.into_iter().chain([needs(VIEWER)]).collect());
    } else if path.starts_with("/v1/") {
        operation.security = Some(vec![needs(WRITE_KEY), needs(BEARER)]);
    }
}

/// Whether nobody is turned away for having no credentials.
fn open_to_nobody(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|any| any.contains(&SecurityRequirement::default()))
}

fn takes(operation: &Operation, place: ParameterIn, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == place && (name.is_empty() || parameter.name == name),
        RefOr::Ref(_) => false,
    })
}

const ONCE: &str = "IdempotencyKey";

/// Staff's writes may be sent again.
fn once(path: &str, method: &Method, operation: &mut Operation) {
    if repeatable(path, method) {
        let key = utoipa::openapi::Ref::new(format!("#/components/parameters/{ONCE}"));
        operation.parameters.get_or_insert_default().push(RefOr::Ref(key));
    }
}

fn repeatable(path: &str, method: &Method) -> bool {
    method != Method::GET && path.starts_with("/api/") && !crate::http::of_players(path)
}

fn idempotency_key() -> utoipa::openapi::path::Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Sent again within 24 h with the same key, the request is done once and hears the first answer.",
        ))
        .schema(Some(schema.pattern(Some(r"^[!#-\[\]-~]+$"))))
        .example(Some("8e03978e-40d5-43e8-bc93-6894a57f9324".into()))
        .build()
}

/// Good answers say what they are, and files are no lists of numbers.
fn answers(responses: &mut Responses) {
    for (status, response) in &mut responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
            response.description = status.and_then(|status| status.canonical_reason()).unwrap_or("the answer").into();
        }
        for (kind, content) in &mut response.content {
            file(kind, content);
        }
    }
}

fn files(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (kind, content) in &mut body.content {
            file(kind, content);
        }
    }
}

fn file(kind: &str, content: &mut RefOr<Content>) {
    let RefOr::T(content) = content else { return };
    let text = ObjectBuilder::new().schema_type(Type::String);
    if is_file(kind) {
        let bytes = text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        *content = ContentBuilder::new().schema(Some(bytes)).build();
    }
}

pub(crate) fn is_json(content_type: &str) -> bool {
    content_type == "application/json"
}

fn is_file(content_type: &str) -> bool {
    ["video/", "image/", "application/octet-stream", "application/vnd.openxml", "text/tab-separated-values"]
        .iter()
        .any(|kind| content_type.starts_with(kind))
}
