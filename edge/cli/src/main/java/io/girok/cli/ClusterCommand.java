package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about the cluster as a whole.
@Command(name = "cluster", description = "Look after the cluster's nodes.", subcommands = {
    ClusterDescribe.class, ClusterBalance.class, ClusterReassign.class, ClusterElect.class, ClusterDrain.class,
    ClusterRemove.class, QuorumCommand.class})
final class ClusterCommand {}
