package io.girok.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/// The root of the command line, and how a run ends: 0 done, 1 failed, 2 not understood. Stateless.
@Command(name = "girok", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A distributed commit log that speaks the Kafka wire protocol.",
        exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
            "0:done", "1:failed; the reason is on standard error", "2:the command line makes no sense"},
        subcommands = {
            StartCommand.class, TopicCommand.class, ProduceCommand.class, ConsumeCommand.class,
            GroupCommand.class, AclCommand.class, UserCommand.class, QuotaCommand.class, TlsCommand.class,
            ClusterCommand.class, LogCommand.class, BenchCommand.class,
            CompletionCommand.class})
final class GirokCommand {
    private static final int DONE = 0;

    static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return new CommandLine(new GirokCommand())
                .setParameterExceptionHandler((problem, arguments) -> notUnderstood(problem))
                .setExecutionExceptionHandler((problem, command, parsed) -> failed(problem, command, isVerbose(parsed)))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int notUnderstood(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter errors = command.getErr();
        errors.println("girok: " + problem.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(problem, errors);
        errors.println("'" + command.getCommandSpec().qualifiedName() + " --help' shows what is allowed");
        errors.flush();
        return Failure.USAGE;
    }

    private static int failed(Exception problem, CommandLine command, boolean isVerbose) {
        if (problem instanceof Output.Closed) {
            return DONE;
        }
        PrintWriter errors = command.getErr();
        errors.println("girok: " + Explanation.of(problem));
        if (isVerbose) {
            problem.printStackTrace(errors);
        }
        errors.flush();
        return problem instanceof Failure failure ? failure.exitCode() : Failure.FAILED;
    }

    private static boolean isVerbose(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult innermost = parsed;
        while (innermost.hasSubcommand()) {
            innermost = innermost.subcommand();
        }
        return innermost.hasMatchedOption(ClientOptions.VERBOSE);
    }
}
