//! The connections that publish one stream of an outside server, as its hooks tell. Pure.

/// Connections that are told apart.
const MOST: usize = 16;

/// Oldest first; `None` is a connection whose number is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clients(Vec<Option<String>>);

impl Clients {
    /// Somebody publishes, and nothing is known of the connection.
    pub fn unknown() -> Self {
        Self(vec![None])
    }

    /// A connection was let in; the one before may still be there, and be told to be over later.
    pub fn add(&mut self, client: Option<String>) {
        if client.is_some() && self.0.contains(&client) {
            return;
        }
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(client);
    }

    /// A connection is over; true when no other is left. Without a number it is the oldest: who takes a name over is newer than
    /// whom it is taken from.
    pub fn remove(&mut self, client: Option<&str>) -> bool {
        let known = |wanted: Option<&str>| self.0.iter().position(|one| one.as_deref() == wanted);
        let at = match client {
            Some(_) => known(client).or_else(|| known(None)),
            None => (!self.0.is_empty()).then_some(0),
        };
        if let Some(at) = at {
            self.0.remove(at);
        }
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+a` lets `a` in, `-a` tells that it is over; `?` is a connection without a number. What is left.
    fn check(course: &str, left: &[Option<&str>]) {
        let mut clients = Clients::default();
        for step in course.split(' ') {
            let (what, who) = step.split_at(1);
            let who = (who != "?").then_some(who);
            match what {
                "+" => clients.add(who.map(str::to_owned)),
                _ => assert_eq!(clients.remove(who), clients.0.is_empty(), "{course}"),
            }
        }
        let found: Vec<Option<&str>> = clients.0.iter().map(Option::as_deref).collect();
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
    fn connections_are_bounded() {
        let mut clients = Clients::default();
        (0..100).for_each(|n| clients.add(Some(n.to_string())));
        assert_eq!(clients.0.len(), MOST);
        assert!(!clients.remove(Some("99")));
    }
}
