//! What searching and filtering both know of Chinese writing.

use std::{collections::HashMap, sync::LazyLock};

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pair = |line: &str| {
        let (traditional, simplified) = line.split_once(' ')?;
        Some((traditional.chars().next()?, simplified.chars().next()?))
    };
    include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#')).filter_map(pair).collect()
});

/// A traditional character as a simplified one, any other as it is. One by one: which of several is meant does not matter where texts
/// are only compared.
pub fn simplified(c: char) -> char {
    SIMPLIFIED.get(&c).copied().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_characters_become_simplified_ones_and_others_stay() {
        assert_eq!("開賭場abc开".chars().map(simplified).collect::<String>(), "开赌场abc开");
    }
}
