//! Which of some short parts a name has, in one pass over it, whatever its case.

use daachorse::DoubleArrayAhoCorasick;

pub(crate) struct Parts(Option<DoubleArrayAhoCorasick<u32>>);

impl Parts {
    /// Lists of parts in lower case.
    pub(crate) fn new(lists: &[&[&str]]) -> Self {
        let all = lists.iter().zip(0..).flat_map(|(list, which)| list.iter().map(move |part| (part, which)));
        Self(DoubleArrayAhoCorasick::with_values(all).ok())
    }

    /// The first list that has a part of the name.
    pub(crate) fn first(&self, name: &str) -> Option<u32> {
        let name = name.to_ascii_lowercase();
        self.0.as_ref()?.find_overlapping_iter(&name).map(|found| found.value()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn the_first_list_with_a_part_is_said() {
        let parts = Parts::new(&[&["go-", "node"], &["ios"], &["o"]]);
        let said = ["Go-SDK", "nodeios", "my-iOS", "Xo", "ann", ""].map(|name| parts.first(name));
        assert_eq!(said, [Some(0), Some(0), Some(1), Some(2), None, None]);
    }
}
