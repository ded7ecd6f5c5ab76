//! Spans on their way out. Whoever ends a span waits for nothing: it goes into the queue, or it is dropped and counted.

use opentelemetry::Context;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanExporter, SpanProcessor},
};
use parking_lot::RwLock;
use std::time::Duration;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// Spans of one request to the collector.
const BATCH: usize = 512;
/// How long the first of a batch waits for others.
const LINGER: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub struct Queue {
    /// None after the end: the task sends what waits, and ends too.
    spans: RwLock<Option<Sender<SpanData>>>,
}

impl Queue {
    /// The exporter knows its resource.
    pub fn start(exporter: impl SpanExporter + 'static, capacity: usize, patience: Duration) -> (Self, JoinHandle<()>) {
        let (spans, waiting) = channel(capacity.max(1));
        (Self { spans: RwLock::new(Some(spans)) }, tokio::spawn(send(exporter, waiting, patience)))
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let full = self.spans.read().as_ref().is_some_and(|spans| spans.try_send(span).is_err());
        if full {
            metrics::counter!("kaibo_trace_dropped_spans_total", "reason" => "queue").increment(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        drop(self.spans.write().take());
        Ok(())
    }
}

async fn send<E: SpanExporter>(exporter: E, mut waiting: Receiver<SpanData>, patience: Duration) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // At the end of the program nobody comes any more.
        if batch.len() < BATCH && !waiting.is_closed() {
            sleep(LINGER).await;
            while batch.len() < BATCH
                && let Ok(span) = waiting.try_recv()
            {
                batch.push(span);
            }
        }
        let spans = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
        let count = spans.len() as u64;
        match timeout(patience, exporter.export(spans)).await {
            Ok(Ok(())) => metrics::counter!("kaibo_trace_spans_total").increment(count),
            Ok(Err(error)) => lost(count, &error.to_string()),
            Err(_) => lost(count, "it does not answer"),
        }
    }
}

fn lost(count: u64, why: &str) {
    metrics::counter!("kaibo_trace_dropped_spans_total", "reason" => "collector").increment(count);
    tracing::debug!("the collector did not take {count} spans: {why}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{Tracer, TracerProvider};
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    /// The first batch is never answered, later ones are taken.
    #[derive(Debug)]
    struct Stuck {
        batches: AtomicU64,
        taken: Arc<AtomicU64>,
    }

    impl SpanExporter for Stuck {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            if self.batches.fetch_add(1, Ordering::Relaxed) == 0 {
                std::future::pending::<()>().await;
            }
            self.taken.fetch_add(batch.len() as u64, Ordering::Relaxed);
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_collector_that_does_not_answer_holds_up_nobody_and_costs_only_spans() {
        let taken = Arc::new(AtomicU64::new(0));
        let stuck = Stuck { batches: AtomicU64::new(0), taken: taken.clone() };
        let (queue, sending) = Queue::start(stuck, BATCH, Duration::from_millis(20));
        let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
        let tracer = provider.tracer("test");
        // Nothing here awaits, so nothing is taken meanwhile: one batch waits, the others are dropped.
        for _ in 0..10 * BATCH {
            tracer.start("one");
        }
        // The batch is on its way when another finds room.
        while taken.load(Ordering::Relaxed) == 0 {
            tracer.start("another");
            sleep(Duration::from_millis(20)).await;
        }
        let _ = provider.shutdown();
        tracer.start("too late");
        sending.await.expect("it ends");
        assert!((1..BATCH as u64).contains(&taken.load(Ordering::Relaxed)), "the first batch was given up");
    }
}
