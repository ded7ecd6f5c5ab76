//! XLSX: the first sheet, row by row. What it unpacks to is measured before anything reads it, whatever it says of itself.

use super::{BadTable, Cell, EachRow, MAX_COLUMNS, TableRow};
use crate::{instant, recorder::Source};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use std::{
    io::{Read, SeekFrom},
    ops::ControlFlow,
};

/// Of all parts together, unpacked. A full sheet of a million rows takes about that.
const MOST_BYTES: u64 = 512 << 20;
/// Of a part that has to be in memory: shared texts, styles, relations.
const MOST_KEPT: u64 = 64 << 20;
const MOST_PARTS: usize = 2_000;
/// Between two `<`: a text or a tag is in memory as one piece.
const MOST_RUN: usize = 1 << 20;

/// The first row's texts.
pub fn head(source: &mut dyn Source) -> Result<Vec<String>, BadTable> {
    let mut head = Vec::new();
    read(source, &mut |row| {
        if let Ok(row) = row {
            head = row.texts().map(|text| text.into_owned()).collect();
        }
        ControlFlow::Break(())
    })?;
    Ok(head)
}

pub fn read(source: &mut dyn Source, each: EachRow) -> Result<(), BadTable> {
    vet(source)?;
    source.seek(SeekFrom::Start(0))?;
    let mut book: Xlsx<&mut dyn Source> = Xlsx::new(source).map_err(damaged)?;
    let name = book.sheet_names().first().cloned().ok_or(BadTable::NoTable)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut row: Option<TableRow> = None;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (line, column) = cell.get_position();
        let (line, column) = (u64::from(line) + 1, column as usize);
        if row.as_ref().is_some_and(|row| row.line != line)
            && let Some(row) = row.take()
            && each(Ok(row)).is_break()
        {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            continue;
        }
        let row = row.get_or_insert_with(|| TableRow { line, cells: Vec::new() });
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = of(cell.get_value());
        }
    }
    if let Some(row) = row {
        let _ = each(Ok(row));
    }
    Ok(())
}

fn of(data: &DataRef) -> Cell {
    match data {
        DataRef::Empty | DataRef::Error(_) => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(is) => Cell::Text(is.to_string()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::DateTime(time) => local_ms(*time).map_or(Cell::Number(time.as_f64()), Cell::Time),
    }
}

fn local_ms(time: ExcelDateTime) -> Option<i64> {
    if !time.is_datetime() || !(0.0..3_000_000.0).contains(&time.as_f64()) {
        return None;
    }
    let (year, month, day, hour, minute, second, ms) = time.to_ymd_hms_milli();
    let days = instant::days_since_1970(year.into(), month.into(), day.into());
    let of_day = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some((days * 86_400 + of_day) * 1_000 + i64::from(ms))
}

fn damaged(error: calamine::XlsxError) -> BadTable {
    if matches!(error, calamine::XlsxError::Password) {
        BadTable::Protected
    } else {
        BadTable::Damaged(error.to_string())
    }
}

/// Unpacks every part once without keeping it.
fn vet(source: &mut dyn Source) -> Result<(), BadTable> {
    source.seek(SeekFrom::Start(0))?;
    let zip = |error: zip::result::ZipError| BadTable::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(source).map_err(zip)?;
    if archive.len() > MOST_PARTS {
        return Err(BadTable::TooLarge);
    }
    let mut left = MOST_BYTES;
    let mut bytes = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(zip)?;
        // Only the sheets are read piece by piece.
        let is_sheet = part.name().is_ok_and(|name| name.to_ascii_lowercase().contains("worksheets/"));
        let mut part_left = if is_sheet { MOST_BYTES } else { MOST_KEPT };
        let mut run = 0;
        loop {
            let len = match part.read(&mut bytes) {
                Ok(0) => break,
                Ok(len) => len,
                Err(error) => return Err(BadTable::Damaged(error.to_string())),
            };
            let chunk = bytes.get(..len).unwrap_or_default();
            left = left.checked_sub(len as u64).ok_or(BadTable::TooLarge)?;
            part_left = part_left.checked_sub(len as u64).ok_or(BadTable::TooLarge)?;
            run = memchr::memrchr(b'<', chunk).map_or(run + len, |last| len - last);
            if is_sheet && run > MOST_RUN {
                return Err(BadTable::TooLarge);
            }
        }
    }
    Ok(())
}
