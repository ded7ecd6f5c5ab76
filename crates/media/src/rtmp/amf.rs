//! AMF0, the notation of RTMP commands. Depth and number of values are limited; lengths are never trusted.

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 8;
/// Most values that one message may hold.
const MAX_VALUES: usize = 2048;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Bool(bool),
    String(String),
    /// Objects, typed objects and ECMA arrays.
    Object(Vec<(String, Value)>),
    Array(Vec<Value>),
    Date(f64),
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmfError {
    #[error("it is cut short")]
    Short,
    #[error("marker {0:#04x} is unknown")]
    Marker(u8),
    #[error("it is nested too deeply")]
    Depth,
    #[error("it holds too many values")]
    Count,
}

impl Value {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A field of an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// All values of a message.
pub fn decode(bytes: &[u8]) -> Result<Vec<Value>, AmfError> {
    let mut reader = Reader { rest: bytes, values: 0 };
    let mut values = Vec::new();
    while !reader.rest.is_empty() {
        values.push(reader.value(0)?);
    }
    Ok(values)
}

struct Reader<'a> {
    rest: &'a [u8],
    values: usize,
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], AmfError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(AmfError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], AmfError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(AmfError::Short)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn text(&mut self, length: usize) -> Result<String, AmfError> {
        Ok(String::from_utf8_lossy(self.bytes(length)?).into_owned())
    }

    fn short_text(&mut self) -> Result<String, AmfError> {
        let length = u16::from_be_bytes(self.array()?);
        self.text(usize::from(length))
    }

    fn fields(&mut self, depth: usize) -> Result<Value, AmfError> {
        let mut fields = Vec::new();
        loop {
            let name = self.short_text()?;
            if name.is_empty() && self.rest.first() == Some(&9) {
                self.bytes(1)?;
                return Ok(Value::Object(fields));
            }
            fields.push((name, self.value(depth + 1)?));
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, AmfError> {
        if depth > MAX_DEPTH {
            return Err(AmfError::Depth);
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(AmfError::Count);
        }
        let [marker] = self.array()?;
        Ok(match marker {
            0 => Value::Number(f64::from_be_bytes(self.array()?)),
            1 => Value::Bool(self.array::<1>()? != [0]),
            2 => Value::String(self.short_text()?),
            3 => self.fields(depth)?,
            // Null, undefined, a reference (to what nobody sends) and unsupported.
            5 | 6 | 13 => Value::Null,
            7 => {
                self.array::<2>()?;
                Value::Null
            }
            8 => {
                // The count is a hint that publishers get wrong; the end marker decides.
                self.array::<4>()?;
                self.fields(depth)?
            }
            10 => {
                let count = u32::from_be_bytes(self.array()?);
                let mut values = Vec::new();
                for _ in 0..count {
                    values.push(self.value(depth + 1)?);
                }
                Value::Array(values)
            }
            11 => {
                let date = f64::from_be_bytes(self.array()?);
                self.array::<2>()?;
                Value::Date(date)
            }
            12 | 15 => {
                let length = u32::from_be_bytes(self.array()?);
                Value::String(self.text(length as usize)?)
            }
            16 => {
                self.short_text()?;
                self.fields(depth)?
            }
            marker => return Err(AmfError::Marker(marker)),
        })
    }
}

/// Writes one value after what is in `out`.
pub fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Number(number) => {
            out.push(0);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Value::Bool(yes) => out.extend_from_slice(&[1, u8::from(*yes)]),
        Value::String(text) if text.len() > usize::from(u16::MAX) => {
            out.push(12);
            out.extend_from_slice(&(text.len() as u32).to_be_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        Value::String(text) => {
            out.push(2);
            encode_name(text, out);
        }
        Value::Object(fields) => {
            out.push(3);
            for (name, value) in fields {
                encode_name(name, out);
                encode(value, out);
            }
            out.extend_from_slice(&[0, 0, 9]);
        }
        Value::Array(values) => {
            out.push(10);
            out.extend_from_slice(&(values.len() as u32).to_be_bytes());
            for value in values {
                encode(value, out);
            }
        }
        Value::Date(date) => {
            out.push(11);
            out.extend_from_slice(&date.to_be_bytes());
            out.extend_from_slice(&[0, 0]);
        }
        Value::Null => out.push(5),
    }
}

fn encode_name(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..usize::from(u16::MAX)).unwrap_or(bytes);
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// A message's payload from its values.
pub fn encode_all(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in values {
        encode(value, &mut out);
    }
    out
}

/// Shorthand for a string value.
pub fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// Shorthand for an object.
pub fn object(fields: &[(&str, Value)]) -> Value {
    Value::Object(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let values = vec![
            text("connect"),
            Value::Number(1.5),
            Value::Bool(true),
            Value::Null,
            Value::Array(vec![Value::Null, text("x")]),
            object(&[("app", text("live")), ("inner", object(&[("n", Value::Number(-1.0))]))]),
            text(&"long".repeat(20_000)),
        ];
        assert_eq!(decode(&encode_all(&values)), Ok(values));
    }

    #[test]
    fn a_huge_count_takes_no_memory() {
        assert_eq!(decode(&[10, 0xff, 0xff, 0xff, 0xff]), Err(AmfError::Short));
        assert_eq!(decode(&[12, 0xff, 0xff, 0xff, 0xff, b'x']), Err(AmfError::Short));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let bomb: Vec<u8> = [10, 0, 0, 0, 1].repeat(100_000);
        assert_eq!(decode(&bomb), Err(AmfError::Depth));
        let bomb: Vec<u8> = [3, 0, 1, b'a'].repeat(10_000);
        assert_eq!(decode(&bomb), Err(AmfError::Depth));
    }

    #[test]
    fn many_values_are_refused() {
        assert_eq!(decode(&vec![5; 100_000]), Err(AmfError::Count));
    }
}
