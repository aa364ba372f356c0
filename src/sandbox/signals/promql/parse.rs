//! From text to a tree.

use regex::Regex;

/// An expression.
#[derive(Debug)]
pub(crate) enum Expr {
    Number(f64),
    Select(Selector),
    /// An aggregation over what agrees in some labels.
    Aggregate {
        how: String,
        by: Vec<String>,
        of: Box<Self>,
    },
    Call {
        name: String,
        arguments: Vec<Self>,
    },
    Binary {
        left: Box<Self>,
        operator: String,
        right: Box<Self>,
    },
}

/// Series by name and labels, over a window or at a moment.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) matchers: Vec<Matcher>,
    /// In seconds; none for the newest sample.
    pub(crate) window: Option<i64>,
}

/// What a label must be like.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) label: String,
    pattern: Pattern,
    is_negated: bool,
}

#[derive(Debug)]
enum Pattern {
    Text(String),
    Regex(Regex),
}

impl Matcher {
    /// Whether a value, empty where there is none, is as it must be.
    pub(crate) fn takes(&self, value: &str) -> bool {
        let matches = match &self.pattern {
            Pattern::Text(text) => text == value,
            Pattern::Regex(regex) => regex.is_match(value),
        };
        matches != self.is_negated
    }
}

const AGGREGATIONS: [&str; 6] = ["sum", "max", "min", "avg", "count", "group"];
const LEVELS: [&[&str]; 3] = [&[">=", "<=", "==", "!=", ">", "<"], &["+", "-"], &["*", "/"]];

/// Reads an expression; an error says at which character it is none.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    let mut parser = Parser { text, at: 0 };
    let expr = parser.binary(0)?;
    parser.blank();
    if parser.at < text.len() { Err(parser.wrong("unexpected character")) } else { Ok(expr) }
}

/// Reads a selector alone.
pub(crate) fn selector(text: &str) -> Result<Selector, String> {
    match parse(text)? {
        Expr::Select(selector) => Ok(selector),
        _ => Err("1:1: parse error: no selector".to_owned()),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn binary(&mut self, level: usize) -> Result<Expr, String> {
        let Some(operators) = LEVELS.get(level) else { return self.primary() };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.any(operators) {
            let right = self.binary(level + 1)?;
            left = Expr::Binary { left: Box::new(left), operator: operator.to_owned(), right: Box::new(right) };
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        if self.take("(") {
            let inner = self.binary(0)?;
            self.need(")")?;
            return Ok(inner);
        }
        self.blank();
        if self.rest().starts_with(|letter: char| letter.is_ascii_digit()) {
            let digits = self.while_true(|letter| letter.is_ascii_digit() || letter == '.');
            return digits.parse().map(Expr::Number).map_err(|_odd| self.wrong("bad number"));
        }
        let word = self.while_true(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':'));
        if AGGREGATIONS.contains(&word.as_str()) {
            return self.aggregate(word);
        }
        if !word.is_empty() && self.take("(") {
            let mut arguments = vec![self.binary(0)?];
            while self.take(",") {
                arguments.push(self.binary(0)?);
            }
            self.need(")")?;
            return Ok(Expr::Call { name: word, arguments });
        }
        self.select(word)
    }

    fn aggregate(&mut self, how: String) -> Result<Expr, String> {
        let mut by = self.by()?;
        self.need("(")?;
        let of = Box::new(self.binary(0)?);
        self.need(")")?;
        if by.is_empty() {
            by = self.by()?;
        }
        Ok(Expr::Aggregate { how, by, of })
    }

    fn by(&mut self) -> Result<Vec<String>, String> {
        let mut labels = Vec::new();
        if self.take("by") {
            self.need("(")?;
            while !self.take(")") {
                self.blank();
                labels.push(self.label()?);
                self.take(",");
            }
        }
        Ok(labels)
    }

    fn select(&mut self, name: String) -> Result<Expr, String> {
        let mut matchers = Vec::new();
        if !name.is_empty() {
            let pattern = Pattern::Text(name);
            matchers.push(Matcher { label: "__name__".to_owned(), pattern, is_negated: false });
        }
        if self.take("{") {
            while !self.take("}") {
                matchers.push(self.matcher()?);
                if !self.take(",") {
                    self.need("}")?;
                    break;
                }
            }
        }
        if matchers.is_empty() {
            return Err(self.wrong("unexpected character"));
        }
        let window = if self.take("[") { Some(self.window()?) } else { None };
        Ok(Expr::Select(Selector { matchers, window }))
    }

    fn matcher(&mut self) -> Result<Matcher, String> {
        self.blank();
        let label = self.label()?;
        let operator = self.any(&["=~", "!~", "!=", "="]).ok_or_else(|| self.wrong("no operator"))?;
        self.need("\"")?;
        let mut value = String::new();
        let mut letters = self.rest().char_indices();
        loop {
            match letters.next() {
                None => return Err(self.wrong("unterminated string")),
                Some((at, '"')) => {
                    self.at += at + 1;
                    break;
                }
                Some((_, '\\')) => value.extend(letters.next().map(|(_, letter)| letter)),
                Some((_, letter)) => value.push(letter),
            }
        }
        let pattern = if operator.ends_with('~') {
            let regex = Regex::new(&format!("^(?:{value})$"));
            Pattern::Regex(regex.map_err(|error| self.wrong(&error.to_string()))?)
        } else {
            Pattern::Text(value)
        };
        Ok(Matcher { label, pattern, is_negated: operator.starts_with('!') })
    }

    fn window(&mut self) -> Result<i64, String> {
        let number = self.while_true(|letter| letter.is_ascii_digit());
        let unit = self.while_true(char::is_alphabetic);
        self.need("]")?;
        let seconds = match unit.as_str() {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err(self.wrong("bad duration")),
        };
        number.parse::<i64>().map(|number| number * seconds).map_err(|_odd| self.wrong("bad duration"))
    }

    fn label(&mut self) -> Result<String, String> {
        let word = self.while_true(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if word.is_empty() { Err(self.wrong("no label")) } else { Ok(word) }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blank();
        let is_there = self.rest().starts_with(token);
        self.at += if is_there { token.len() } else { 0 };
        is_there
    }

    fn any<'t>(&mut self, tokens: &[&'t str]) -> Option<&'t str> {
        tokens.iter().find(|token| self.take(token)).copied()
    }

    fn need(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.wrong(&format!("expected {token:?}"))) }
    }

    fn while_true(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let word: String = self.rest().chars().take_while(|letter| is_part(*letter)).collect();
        self.at += word.len();
        word
    }

    fn wrong(&self, what: &str) -> String {
        format!("1:{}: parse error: {what}", self.at + 1)
    }
}
