//! Traces 链路追踪 for an OpenTelemetry collector: spans with the target `trace` go to it by OTLP over HTTP.
//!
//! The way out is a bounded queue and one task: a collector that is slow or away costs its spans, which are counted, and
//! nothing else. `docs/decisions/0026-traces.md` says why.

mod client;
mod queue;
mod settings;

pub use settings::TraceSettings;

use anyhow::Context;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider, SpanExporter as _},
};
use queue::Queue;
use std::time::Duration;
use tokio::task::JoinHandle;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// The collector's time for one batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is running for traces.
pub struct Traces {
    provider: SdkTracerProvider,
    sending: JoinHandle<()>,
}

impl Traces {
    /// None where no collector is named.
    pub fn start(settings: &TraceSettings) -> anyhow::Result<Option<Self>> {
        let Some(endpoint) = settings.otlp_endpoint.url() else { return Ok(None) };
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client::Client::new(PATIENCE)?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()
            .context("making the way to the collector of `trace.otlp_endpoint`")?;
        // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win.
        let resource = Resource::builder_empty()
            .with_service_name("kaibo")
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_detector(Box::new(opentelemetry_sdk::resource::EnvResourceDetector::new()))
            .build();
        exporter.set_resource(&resource);
        let (queue, sending) = Queue::start(exporter, settings.queue, PATIENCE);
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio.get())));
        let provider = SdkTracerProvider::builder()
            .with_sampler(sampler)
            .with_resource(resource)
            .with_span_processor(queue)
            .build();
        Ok(Some(Self { provider, sending }))
    }

    /// What hands over the spans of those it is given to.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let ours = |metadata: &Metadata<'_>| metadata.is_span() && metadata.target() == "trace";
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("kaibo"))
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(ours))
    }

    /// Sends what waits, as far as the collector takes it in a moment.
    pub async fn end(self) {
        let _ = self.provider.shutdown();
        if tokio::time::timeout(Duration::from_secs(3), self.sending).await.is_err() {
            tracing::warn!("the collector did not take the last spans in time");
        }
    }
}
