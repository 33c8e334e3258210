package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about the cluster as a whole.
@Command(name = "cluster", description = "Look after the cluster's nodes.", subcommands = {QuorumCommand.class})
final class ClusterCommand {}
