package io.girok.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/// Writes the completion script for bash and zsh. Stateless.
@Command(name = "completion", description = {"Print a completion script for bash or zsh.",
    "Use it with: source <(girok completion)"})
final class CompletionCommand implements Runnable {
    @Override
    public void run() {
        try (Output output = Output.standard()) {
            output.line(AutoComplete.bash("girok", GirokCommand.commandLine()));
        }
    }
}
