package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about consumer groups.
@Command(name = "group", description = "List, describe, reset and delete consumer groups.", subcommands = {
    GroupList.class, GroupDescribe.class, GroupReset.class, GroupDelete.class})
final class GroupCommand {}
