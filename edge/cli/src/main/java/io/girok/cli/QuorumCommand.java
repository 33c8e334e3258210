package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about who votes on the cluster's metadata.
@Command(name = "quorum", description = "Show, add and remove the voters of the metadata quorum.", subcommands = {
    QuorumStatus.class, QuorumAdd.class, QuorumRemove.class})
final class QuorumCommand {}
