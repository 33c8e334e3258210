package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about users.
@Command(name = "user", description = "Add, list and remove the users who show by SCRAM who they are.", subcommands = {
    UserAdd.class, UserList.class, UserRemove.class, UserPassword.class})
final class UserCommand {}
