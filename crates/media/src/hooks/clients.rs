//! The connections that publish one stream of an outside server, as its hooks tell. Pure.

/// Connections that are told apart.
const MOST: usize = 16;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clients {
    /// Oldest first; `None` is a connection whose number is not known.
    known: Vec<Option<String>>,
    /// Connections that are gone and of which that may still be told.
    replaced: usize,
}

impl Clients {
    pub fn of(client: Option<String>) -> Self {
        Self { known: vec![client], replaced: 0 }
    }

    /// One more was let in; the one before may still be there.
    pub fn add(&mut self, client: Option<String>) {
        if client.is_some() && self.known.contains(&client) {
            return;
        }
        if self.known.len() == MOST {
            self.known.remove(0);
        }
        self.known.push(client);
    }

    /// Another was let in, and those before are gone.
    pub fn replace(&mut self, client: Option<String>) {
        let others = self.known.iter().filter(|known| known.is_none() || **known != client).count();
        *self = Self { known: vec![client], replaced: (self.replaced + others).min(MOST) };
    }

    /// A connection is over; true when no other is left. Without a number it is the oldest: who takes a name over is newer than
    /// whom it is taken from.
    pub fn remove(&mut self, client: Option<&str>) -> bool {
        let find = |wanted: Option<&str>| self.known.iter().position(|one| one.as_deref() == wanted);
        let at = match client {
            Some(_) => find(client).or_else(|| find(None)),
            None if self.replaced > 0 => {
                self.replaced -= 1;
                None
            }
            None => Some(0),
        };
        if let Some(at) = at.filter(|at| *at < self.known.len()) {
            self.known.remove(at);
        }
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+a` lets `a` in, `=a` when those before are gone, `-a` tells that it is over; `?` is a connection without a number.
    /// Who is left.
    fn check(course: &str, left: &[Option<&str>]) {
        let mut clients = Clients::default();
        for step in course.split(' ') {
            let (what, who) = step.split_at(1);
            let who = (who != "?").then_some(who);
            match what {
                "+" => clients.add(who.map(str::to_owned)),
                "=" => clients.replace(who.map(str::to_owned)),
                _ => assert_eq!(clients.remove(who), clients.known.is_empty(), "{course}"),
            }
        }
        let found: Vec<Option<&str>> = clients.known.iter().map(Option::as_deref).collect();
        assert_eq!(found, left, "{course}");
    }

    #[test]
    fn a_stream_is_over_with_its_last_connection() {
        check("+a -a", &[]);
        check("+a +a -a", &[]);
        // A second publisher of the name was turned away over there; the first goes on.
        check("+a +b -b", &[Some("a")]);
        // Somebody took the name over, and the first is told to be over after that.
        check("+a +b -a", &[Some("b")]);
        check("+a +b -?", &[Some("b")]);
        check("+a +b -? -b", &[]);
        check("+? +? -?", &[None]);
        // Never let in by us.
        check("+a -b", &[Some("a")]);
        // From before our restart.
        check("+? -a", &[]);
        check("+? +b -a", &[Some("b")]);
        check("+? +b -b -a", &[]);
    }

    #[test]
    fn what_is_told_late_ends_nothing() {
        check("+a =b -a", &[Some("b")]);
        check("+a =b -?", &[Some("b")]);
        check("+a =b -? -?", &[]);
        // The server fell and told nothing.
        check("+a =b -b", &[]);
        check("+a =a -a", &[]);
        check("+a =a -?", &[]);
    }

    #[test]
    fn connections_are_bounded() {
        let mut clients = Clients::default();
        (0..100).for_each(|n| clients.add(Some(n.to_string())));
        assert_eq!(clients.known.len(), MOST);
        assert!(!clients.remove(Some("99")));
        (0..100).for_each(|n| clients.replace(Some(n.to_string())));
        assert_eq!((clients.known.len(), clients.replaced), (1, MOST));
    }
}
