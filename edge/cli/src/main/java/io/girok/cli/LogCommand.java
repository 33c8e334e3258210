package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about log files; they need no broker.
@Command(name = "log", description = "Look into segments on disk, check and repair them.",
        subcommands = {LogDump.class, LogVerify.class, LogRepair.class, LogCompaction.class})
final class LogCommand {}
