//! Who may call stands in the handler's signature.

use crate::{Actor, ApiError, App, Permission, Scope};
use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::request::Parts,
};
use std::{
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::Deref,
    sync::{Arc, OnceLock},
};

/// An actor that holds the permission `P`. Everybody else is refused before the handler runs.
pub struct Can<P> {
    pub actor: Actor,
    permission: PhantomData<fn() -> P>,
}

impl<P> Can<P> {
    pub fn scope(&self) -> Scope {
        self.actor.scope
    }
}

impl<P> Deref for Can<P> {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for Can<P>
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let MaybeActor(actor) = MaybeActor::from_request_parts(parts, state).await?;
        let actor = actor.ok_or_else(ApiError::unauthenticated)?;
        if actor.must_change_password {
            return Err(ApiError::new(403, "password_change_required", "set a new password first"));
        }
        if actor.must_enrol {
            return Err(ApiError::new(403, "second_factor_enrolment_required", "set up a second factor first"));
        }
        if !actor.may(P::INFO.name) {
            return Err(ApiError::forbidden(P::INFO.name));
        }
        if let Some(exercised) = parts.extensions.get::<Exercised>() {
            let _ = exercised.0.set((actor.clone(), P::INFO.name));
        }
        Ok(Self { actor, permission: PhantomData })
    }
}

/// Put among a request's extensions, it learns who was let through by which permission: for the audit log.
#[derive(Clone, Default)]
pub struct Exercised(Arc<OnceLock<(Actor, &'static str)>>);

impl Exercised {
    pub fn get(&self) -> Option<&(Actor, &'static str)> {
        self.0.get()
    }
}

/// The actor, if the request carries valid credentials. For routes that viewers reach too.
pub struct MaybeActor(pub Option<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeActor
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let Some(auth) = app.authenticator() else { return Ok(Self(None)) };
        Ok(Self(auth.authenticate(&parts.headers).await?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for App
where
    App: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(App::from_ref(state))
    }
}

/// The address the request came from: the connection's peer, or what a trusted proxy said (the server replaces it).
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// What stands for one subscriber where limits are counted: an IPv4 address, or a whole /64 of IPv6.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (!0 << 64))),
            ip => ip,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        if let Some(ip) = parts.extensions.get::<ClientIp>() {
            return Ok(*ip);
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self(peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))))
    }
}
