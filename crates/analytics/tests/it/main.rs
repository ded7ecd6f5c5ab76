//! What the metrics promise, checked against independent counts.

mod conformance;
mod facts;
mod histories;
mod http;
mod restarts;
mod store_oracle;
