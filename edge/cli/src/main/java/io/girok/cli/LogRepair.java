package io.girok.cli;

import io.girok.base.Disk;
import io.girok.base.FileDisk;
import io.girok.files.MetaProperties;
import io.girok.repair.Damage;
import io.girok.repair.DirectoryInspection;
import io.girok.repair.Repair;
import io.girok.repair.RepairPlan;
import io.girok.repair.RepairPlan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `girok log repair`.
@Command(name = "repair",
        description = {
            "Find what is damaged in a stopped broker's log directory, and set it aside so that the broker starts.",
            "Changes nothing without --execute, and never deletes: what is taken out goes to a directory "
                    + "'girok-repair-TIME' inside. Of a damaged log everything before the damage is kept.",
            "Ends with 1 when something is damaged and was not repaired."})
final class LogRepair implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    @Parameters(paramLabel = "DIRECTORY", description = "An entry of log.dirs.")
    Path directory = Path.of(".");

    @Option(names = "--execute", description = "Do it.")
    boolean execute;

    @Option(names = "--keep-later",
            description = "Keep the segments after a damaged one too, which leaves a gap in the offsets.")
    boolean keepLater;

    @Option(names = "--json", description = "Print one JSON object a line for each partition, step and problem.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        Disk disk = new FileDisk();
        Path path = directory.toAbsolutePath().normalize();
        if (!LogFiles.isLogDirectory(disk, path)) {
            throw Failure.of("'" + directory + "' is no log directory: it has no '" + MetaProperties.FILE_NAME + "'");
        }
        Repair repair = Repair.lock(disk, path)
                .orElseThrow(() -> Failure.of("'" + directory + "' is in use: stop its broker first"));
        try (repair; Output output = Output.standard()) {
            LogProgress progress = LogProgress.of("read");
            DirectoryInspection inspection = DirectoryInspection
                    .of(disk, path, false, segment -> progress.passed(segment.sizeInBytes()));
            progress.end();
            RepairPlan plan = RepairPlan.of(inspection, keepLater);
            print(plan, inspection, output);
            if (plan.isEmpty()) {
                return plan.unrepaired().isEmpty() ? 0 : Failure.FAILED;
            }
            if (!execute) {
                say(output, "Nothing was changed; --execute does it.");
                return Failure.FAILED;
            }
            Path aside = repair.execute(plan, TIME.format(Instant.now()));
            say(output, "Done. What was set aside is in '" + aside + "'.");
            return 0;
        }
    }

    private void say(Output output, String text) {
        if (!json) {
            output.line(text);
        }
    }

    private void print(RepairPlan plan, DirectoryInspection inspection, Output output) {
        if (plan.isEmpty()) {
            say(output, "Nothing needs repair in " + inspection.partitions().size() + " partitions.");
        }
        for (RepairPlan.Partition partition : plan.partitions()) {
            if (json) {
                output.line(Json.of(toJson(partition)));
            } else {
                output.line(partition.name() + ": " + describe(partition));
                partition.steps().forEach(step -> output.line("  " + describe(step)));
            }
        }
        if (json) {
            plan.steps().forEach(step -> output.line(Json.of(toJson(step))));
            plan.unrepaired().forEach(damage -> output.line(Json.of(LogVerify.toJson(damage))));
        } else if (!plan.steps().isEmpty()) {
            output.line("the directory:");
            plan.steps().forEach(step -> output.line("  " + describe(step)));
        }
        for (Damage damage : plan.unrepaired()) {
            say(output, "not repaired: " + LogVerify.describe(damage));
        }
    }

    private static String describe(RepairPlan.Partition partition) {
        StringBuilder text = new StringBuilder(
                partition.keptTo() <= partition.keptFrom()
                        ? "nothing is kept"
                        : "offsets " + partition.keptFrom() + " to " + (partition.keptTo() - 1) + " are kept");
        for (RepairPlan.Lost lost : partition.lost()) {
            if (lost.from() < lost.to()) {
                text.append("; ").append(lost.from()).append(" to ").append(lost.to() - 1).append(" are lost");
            }
        }
        return text.toString();
    }

    private String describe(Step step) {
        return switch (step) {
            case Step.SetAside(Path file, String why) -> "set aside " + shown(file) + ": " + why;
            case Step.CutTail(Path file, long position, String why) ->
                "set aside " + shown(file) + " from position " + position + ": " + why;
            case Step.Rewrite(Path file, List<String> lines, String why) -> "write " + shown(file) + ": " + why;
            case Step.CutJournal(_, long offset, _) ->
                "set aside what the journal has from offset " + offset + ": follows what is damaged";
        };
    }

    private Path shown(Path file) {
        return directory.toAbsolutePath().normalize().relativize(file);
    }

    private static Object toJson(RepairPlan.Partition partition) {
        List<Object> lost = new ArrayList<>();
        partition.lost().forEach(range -> lost.add(Json.object("from", range.from(), "to", range.to())));
        List<Object> steps = new ArrayList<>();
        partition.steps().forEach(step -> steps.add(toJson(step)));
        return Json.object("partition", partition.name().toString(), "keptFrom", partition.keptFrom(), "keptTo",
                partition.keptTo(), "lost", lost, "steps", steps);
    }

    private static Object toJson(Step step) {
        return switch (step) {
            case Step.SetAside(Path file, String why) ->
                Json.object("step", "set-aside", "file", file.toString(), "why", why);
            case Step.CutTail(Path file, long position, String why) ->
                Json.object("step", "cut-tail", "file", file.toString(), "position", position, "why", why);
            case Step.Rewrite(Path file, List<String> lines, String why) ->
                Json.object("step", "write", "file", file.toString(), "why", why);
            case Step.CutJournal(_, long offset, _) ->
                Json.object("step", "cut-journal", "offset", offset, "why", "follows what is damaged");
        };
    }
}
