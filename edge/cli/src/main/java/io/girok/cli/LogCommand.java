package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about log files; they need no broker and change nothing.
@Command(name = "log", description = "Look into segments on disk, and check them.", subcommands = {LogDump.class,
    LogVerify.class})
final class LogCommand {}
