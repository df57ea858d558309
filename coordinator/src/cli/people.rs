//! Accounts of people and tokens of programs, from the command line: who can log in to the machine that
//! serves a farm can let others in.

use std::io::BufRead;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::{Data, GivenRole, accounts, say};
use crate::accounts::{TokenId, UserId, new_password};
use crate::clock::Clock;

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Make an account and print its password
    Add {
        /// What the person logs in with
        name: String,
        /// What the person may do
        #[arg(long, value_enum, default_value_t = GivenRole::Dispatcher)]
        role: GivenRole,
        #[command(flatten)]
        password: ChosenPassword,
    },
    /// Give a person another password, print it, and end all sessions
    Password {
        /// Whose
        name: String,
        #[command(flatten)]
        password: ChosenPassword,
    },
    /// Take an account away, and end its sessions
    Remove {
        /// Whose
        name: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct ChosenPassword {
    /// Read the password from the first line of the standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Tokens {
    /// End a token: the program that has it is refused from now on
    Revoke {
        /// Its number
        number: i64,
    },
}

/// Lists the accounts, or changes them.
pub(super) fn users(data: &Data, what: Option<Users>) -> anyhow::Result<bool> {
    let accounts = accounts(data)?;
    let named = |name: &str| -> anyhow::Result<UserId> {
        let user = accounts.users()?.into_iter().find(|user| user.name.eq_ignore_ascii_case(name));
        Ok(user.with_context(|| format!("nobody is called {name}: see `users`"))?.user)
    };
    match what {
        None => {
            for user in accounts.users()? {
                say(&format!("{:<10}  {}", user.role, user.name))?;
            }
            Ok(true)
        }
        Some(Users::Add { name, role, password }) => {
            let password = password.given_or_new()?;
            accounts.add_user(&name, &password, role.into(), Clock::new().now())?;
            say(&format!("{name} logs in with {password}"))
        }
        Some(Users::Password { name, password }) => {
            let password = password.given_or_new()?;
            accounts.set_password(named(&name)?, &password)?;
            say(&format!("{name} logs in with {password}"))
        }
        Some(Users::Remove { name }) => {
            accounts.remove_user(named(&name)?)?;
            say(&format!("{name} is removed"))
        }
    }
}

/// Lists the tokens, or ends one.
pub(super) fn tokens(data: &Data, what: Option<&Tokens>) -> anyhow::Result<bool> {
    let accounts = accounts(data)?;
    match what {
        None => {
            for token in accounts.tokens()? {
                say(&format!("{}  {:<10}  {}", token.token, token.role, token.title))?;
            }
            Ok(true)
        }
        Some(&Tokens::Revoke { number }) => {
            let ended = accounts.revoke_token(TokenId(number))?;
            anyhow::ensure!(ended, "there is no token {number}: see `tokens`");
            say(&format!("Token {number} is revoked"))
        }
    }
}

impl ChosenPassword {
    fn given_or_new(&self) -> anyhow::Result<String> {
        if !self.password_stdin {
            return Ok(new_password());
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("cannot read the password")?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}
