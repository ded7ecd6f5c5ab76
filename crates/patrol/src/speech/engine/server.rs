//! A server that speaks `POST /v1/audio/transcriptions`, as many do.

use super::Answer;
use crate::{
    call::{Caller, Reason},
    settings::SpeechSettings,
};
use uuid::Uuid;

pub async fn ask(caller: &Caller, settings: &SpeechSettings, wav: Vec<u8>) -> Result<Answer, Reason> {
    let boundary = format!("kaibo{}", Uuid::now_v7().simple());
    let body = form(&boundary, settings, &wav);
    let answer = caller.post(&format!("multipart/form-data; boundary={boundary}"), body).await?;
    serde_json::from_slice(&answer).map_err(|_| "bad_answer")
}

/// The fields, then the file.
fn form(boundary: &str, settings: &SpeechSettings, wav: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(wav.len() + 1_024);
    let fields =
        [("model", settings.model.as_str()), ("language", &settings.language), ("response_format", "verbose_json")];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        let part = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        out.extend_from_slice(part.as_bytes());
    }
    let head = "content-disposition: form-data; name=\"file\"; filename=\"heard.wav\"\r\ncontent-type: audio/wav";
    out.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
    out.extend_from_slice(wav);
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    out
}
