package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about who may do what.
@Command(name = "acl", description = "List, add and remove ACLs.", subcommands = {
    AclList.class, AclAdd.class, AclRemove.class})
final class AclCommand {}
