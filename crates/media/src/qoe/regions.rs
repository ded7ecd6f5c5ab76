//! Where a viewer is 地区: a list of networks from a file of the operator's, `cidr,region` a line.

use anyhow::{Context, bail};
use std::{net::IpAddr, path::Path};

/// Networks and their names; the narrowest one that holds an address names it.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    /// By length, longest first; each sorted by network.
    lengths: Vec<(u8, Vec<(u128, u32)>)>,
    names: Vec<String>,
}

impl Regions {
    /// Reads the file; none named is an empty list.
    pub fn load(path: &str) -> anyhow::Result<Self> {
        if path.is_empty() {
            return Ok(Self::default());
        }
        let text =
            std::fs::read_to_string(Path::new(path)).with_context(|| format!("reading the regions in `{path}`"))?;
        Self::parse(&text).with_context(|| format!("reading the regions in `{path}`"))
    }

    /// One network a line; a header and lines that begin with `#` are passed over.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut regions = Self::default();
        let mut index = std::collections::HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') || (number == 1 && line.starts_with("cidr")) {
                continue;
            }
            let Some((cidr, name)) = line.split_once(',') else { bail!("line {number} has no comma") };
            let name = name.trim().trim_matches('"');
            if name.is_empty() || name.chars().count() > 64 {
                bail!("line {number}: a region is named by 1 to 64 characters");
            }
            let (network, length) = cidr_of(cidr.trim().trim_matches('"')).with_context(|| format!("line {number}"))?;
            let next = regions.names.len() as u32;
            let name_index = *index.entry(name.to_owned()).or_insert(next);
            if name_index == next {
                regions.names.push(name.to_owned());
            }
            match regions.lengths.iter_mut().find(|(known, _)| *known == length) {
                Some((_, networks)) => networks.push((network, name_index)),
                None => regions.lengths.push((length, vec![(network, name_index)])),
            }
        }
        regions.lengths.sort_by(|(one, _), (other, _)| other.cmp(one));
        regions.lengths.iter_mut().for_each(|(_, networks)| networks.sort_unstable());
        Ok(regions)
    }

    /// The region of an address; empty when no network of the list holds it.
    pub fn of(&self, ip: IpAddr) -> &str {
        let address = bits(ip);
        let found = self.lengths.iter().find_map(|(length, networks)| {
            let network = address & mask(*length);
            let index = networks.binary_search_by_key(&network, |(network, _)| *network).ok()?;
            networks.get(index)
        });
        found.and_then(|(_, name)| self.names.get(*name as usize)).map_or("", String::as_str)
    }
}

/// IPv4 stands in IPv6 as `::ffff:a.b.c.d`.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

fn mask(length: u8) -> u128 {
    if length == 0 { 0 } else { u128::MAX << (128 - u32::from(length.min(128))) }
}

fn cidr_of(text: &str) -> anyhow::Result<(u128, u8)> {
    let (address, length) = text.split_once('/').with_context(|| format!("`{text}` is no network"))?;
    let address: IpAddr = address.parse().with_context(|| format!("`{text}` is no network"))?;
    let length: u8 = length.parse().with_context(|| format!("`{text}` is no network"))?;
    let (most, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
    if length > most {
        bail!("`{text}` is no network");
    }
    Ok((bits(address) & mask(length + before), length + before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_network_names_an_address() {
        let regions =
            Regions::parse("cidr,region\n10.0.0.0/8,内网\n10.1.0.0/16,上海\n# old\n2001:db8::/32,\"北京\"\n").unwrap();
        let of = |ip: &str| regions.of(ip.parse().unwrap()).to_owned();
        assert_eq!([of("10.1.2.3"), of("10.2.2.3"), of("11.0.0.1")], ["上海", "内网", ""]);
        assert_eq!([of("2001:db8::7"), of("::ffff:10.1.2.3")], ["北京", "上海"]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, line) in [("10.0.0.0/33,x", "line 1"), ("# a\n10.0.0.0,x", "line 2"), ("nothing", "line 1")] {
            assert!(format!("{:#}", Regions::parse(text).unwrap_err()).contains(line), "{text}");
        }
    }
}
