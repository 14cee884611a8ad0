//! Parses what stands inside an action: pipelines, commands, operands and literals.

use super::ast::{Binding, Command, Operand, Pipe, Term};
use super::builtins::is_builtin;
use super::error::TemplateError;
use super::number::Number;
use super::parser::Parser;
use super::quote::quote;
use super::token::{Keyword, Token, TokenKind};

impl<'t> Parser<'t> {
    /// Declarations and commands up to the token `end`, which is taken too.
    pub(super) fn pipeline(
        &mut self,
        context: &str,
        end: TokenKind,
    ) -> Result<Pipe, TemplateError> {
        let offset = self.tokens.peek_non_space().offset;
        let mut pipe = Pipe {
            offset,
            binding: Binding::Declare,
            variables: Vec::new(),
            commands: Vec::new(),
        };
        while self.declaration(&mut pipe, context)? == Declaration::MayFollow {}
        loop {
            let token = self.tokens.next_non_space();
            if token.kind == end {
                self.check_pipeline(&pipe, context)?;
                return Ok(pipe);
            }
            if !starts_operand(token.kind) {
                return Err(self.unexpected(&token, context));
            }
            self.tokens.push_back(token);
            pipe.commands.push(self.command()?);
        }
    }

    /// Reads `$x :=`, `$x =` or the `$x,` of a range, if one stands here.
    fn declaration(
        &mut self,
        pipe: &mut Pipe,
        context: &str,
    ) -> Result<Declaration, TemplateError> {
        if self.tokens.peek_non_space().kind != TokenKind::Variable {
            return Ok(Declaration::Done);
        }
        let variable = self.tokens.next();
        let after = self.tokens.peek();
        let next = self.tokens.peek_non_space();
        match next.kind {
            TokenKind::Assign | TokenKind::Declare => {
                if next.kind == TokenKind::Assign {
                    pipe.binding = Binding::Assign;
                }
                self.tokens.next();
                self.declare(pipe, &variable);
                Ok(Declaration::Done)
            }
            TokenKind::Character if next.text == "," => {
                self.tokens.next();
                self.declare(pipe, &variable);
                if context != "range" || pipe.variables.len() >= 2 {
                    return Err(self.error(format!("too many declarations in {context}")));
                }
                match self.tokens.peek_non_space().kind {
                    TokenKind::Variable
                    | TokenKind::RightDelimiter
                    | TokenKind::RightParenthesis => Ok(Declaration::MayFollow),
                    _ => Err(self.error("range can only initialize variables")),
                }
            }
            _ => {
                // The space matters to the command that starts with this variable, so it goes back too.
                if after.kind == TokenKind::Space {
                    self.tokens.push_back(after);
                }
                self.tokens.push_back(variable);
                Ok(Declaration::Done)
            }
        }
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: &Token<'t>) {
        let name = variable.text.clone().into_owned();
        pipe.variables.push(name.clone());
        self.scope.variables.push(name);
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Result<(), TemplateError> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        let stuck = pipe.commands.iter().skip(1).position(|command| {
            matches!(
                command.first.term,
                Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::String { .. }
            )
        });
        match stuck {
            Some(index) => Err(self.error(format!(
                "non executable command in pipeline stage {}",
                index + 2
            ))),
            None => Ok(()),
        }
    }

    /// Operands up to a `|`, which is taken, or to the end of the action or parenthesis, which is left.
    fn command(&mut self) -> Result<Command, TemplateError> {
        let offset = self.tokens.peek_non_space().offset;
        let mut operands = Vec::new();
        loop {
            self.tokens.peek_non_space();
            operands.extend(self.operand()?);
            let token = self.tokens.next();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelimiter | TokenKind::RightParenthesis => {
                    self.tokens.push_back(token)
                }
                TokenKind::Pipe => {}
                _ => return Err(self.unexpected(&token, "operand")),
            }
            break;
        }
        let mut operands = operands.into_iter();
        let Some(first) = operands.next() else {
            return Err(self.error("empty command"));
        };
        Ok(Command {
            offset,
            first,
            arguments: operands.collect(),
        })
    }

    /// A term with the fields behind it; nothing where no term stands.
    fn operand(&mut self) -> Result<Option<Operand>, TemplateError> {
        let Some(operand) = self.term()? else {
            return Ok(None);
        };
        let following = self.tokens.peek();
        if following.kind != TokenKind::Field {
            return Ok(Some(operand));
        }
        let mut fields = Vec::new();
        while self.tokens.peek_kind() == TokenKind::Field {
            fields.push(self.tokens.next().text[1..].to_owned());
        }
        let term = match operand.term {
            Term::Field(mut own) => {
                own.append(&mut fields);
                Term::Field(own)
            }
            Term::Variable {
                name,
                fields: mut own,
            } => {
                own.append(&mut fields);
                Term::Variable { name, fields: own }
            }
            Term::Bool(_) | Term::String { .. } | Term::Number(_) | Term::Nil | Term::Dot => {
                let text = quote(&operand.to_string());
                return Err(self.error(format!("unexpected . after term {text}")));
            }
            Term::Function(_) | Term::Pipe(_) | Term::Chain { .. } => Term::Chain {
                base: Box::new(operand),
                fields,
            },
        };
        // Go places the whole chain where its second part starts.
        Ok(Some(Operand {
            offset: following.offset,
            term,
        }))
    }

    fn term(&mut self) -> Result<Option<Operand>, TemplateError> {
        let token = self.tokens.next_non_space();
        let term = match token.kind {
            TokenKind::Identifier => self.function(&token)?,
            TokenKind::Keyword(Keyword::Dot) => Term::Dot,
            TokenKind::Keyword(Keyword::Nil) => Term::Nil,
            TokenKind::Variable => self.variable(&token)?,
            TokenKind::Field => Term::Field(vec![token.text[1..].to_owned()]),
            TokenKind::Bool => Term::Bool(token.text == "true"),
            TokenKind::CharacterConstant | TokenKind::Complex | TokenKind::Number => Term::Number(
                Number::parse(token.kind, &token.text).map_err(|message| self.error(message))?,
            ),
            TokenKind::LeftParenthesis => {
                self.enter()?;
                let pipe = self.pipeline("parenthesized pipeline", TokenKind::RightParenthesis)?;
                self.leave();
                return Ok(Some(Operand {
                    offset: pipe.offset,
                    term: Term::Pipe(pipe),
                }));
            }
            TokenKind::InterpretedString | TokenKind::RawString => Term::String {
                literal: token.text.clone().into_owned(),
                value: self.string(&token)?,
            },
            _ => {
                self.tokens.push_back(token);
                return Ok(None);
            }
        };
        Ok(Some(Operand {
            offset: token.offset,
            term,
        }))
    }

    fn function(&self, token: &Token<'t>) -> Result<Term, TemplateError> {
        let name = token.text.clone().into_owned();
        match self.functions.has(&name) || is_builtin(&name) {
            true => Ok(Term::Function(name)),
            false => Err(self.error(format!("function {} not defined", quote(&name)))),
        }
    }

    fn variable(&self, token: &Token<'t>) -> Result<Term, TemplateError> {
        let name = token.text.clone().into_owned();
        match self.scope.variables.contains(&name) {
            true => Ok(Term::Variable {
                name,
                fields: Vec::new(),
            }),
            false => Err(self.error(format!("undefined variable {}", quote(&name)))),
        }
    }
}

/// Whether another declaration may follow the one just read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declaration {
    MayFollow,
    Done,
}

fn starts_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Bool
            | TokenKind::CharacterConstant
            | TokenKind::Complex
            | TokenKind::Keyword(Keyword::Dot | Keyword::Nil)
            | TokenKind::Field
            | TokenKind::Identifier
            | TokenKind::Number
            | TokenKind::RawString
            | TokenKind::InterpretedString
            | TokenKind::Variable
            | TokenKind::LeftParenthesis
    )
}
