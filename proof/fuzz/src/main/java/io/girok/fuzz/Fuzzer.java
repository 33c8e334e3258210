package io.girok.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Runs Jazzer on a target for some seconds, in a process of its own, and keeps what reaches code that nothing else
/// reaches. Used by one thread.
public final class Fuzzer {
    private static final String OURS = "io.girok.**";
    /// Hundreds of classes of messages, which a short run has no time to make ready.
    private static final String LIBRARIES = ":org.apache.kafka.common.message.**:org.jose4j.**:net.jpountz.**";
    private static final String HEAP = "-Xmx1g";
    private static final int INPUT_LIMIT_SECONDS = 20;
    private static final int RESIDENT_LIMIT_MIB = 3_072;

    /// One fails at Netty's queues; patterns in rules are the administrator's, and meant to be patterns.
    private static final String NOT_WANTED = "com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer:"
            + "com.code_intelligence.jazzer.sanitizers.RegexInjection";

    private final Path corpus;
    private final Path work;
    private final String classPath;

    /// @param corpus where the kept inputs are
    /// @param work where files may be left
    Fuzzer(Path corpus, Path work, String classPath) {
        this.corpus = corpus;
        this.work = work;
        this.classPath = classPath;
    }

    /// `TARGET SECONDS CORPUS WORK`.
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: TARGET SECONDS CORPUS WORK; targets: all, " + Targets.labels());
            System.exit(2);
        }
        Fuzzer fuzzer = new Fuzzer(Path.of(arguments[2]), Path.of(arguments[3]),
                System.getProperty("java.class.path", ""));
        System.exit(fuzzer.run(arguments[0], Integer.parseInt(arguments[1])));
    }

    /// 0 when nothing was found.
    int run(String name, int seconds) throws Exception {
        Path inputs = work.resolve(name + "-inputs");
        Path findings = work.resolve(name + "-findings");
        deleteAll(inputs);
        Files.createDirectories(findings);
        if (name.equals(JazzerEntry.ALL)) {
            for (Targets target : Targets.values()) {
                unpack(target, new byte[]{(byte) List.of(Targets.values()).indexOf(target)}, inputs);
            }
            return jazzer(name, findings, List.of("-max_total_time=" + seconds, inputs.toString()));
        }
        Targets target = Targets.of(name);
        unpack(target, new byte[0], inputs);
        int exitCode = jazzer(name, findings, List.of("-max_total_time=" + seconds, inputs.toString()));
        return exitCode == 0 ? keep(target, inputs, findings) : exitCode;
    }

    private void unpack(Targets target, byte[] prefix, Path inputs) throws Exception {
        Corpus.unpack(Corpus.read(Corpus.packOf(corpus, target)), prefix, inputs);
        Corpus.unpack(target.make().seeds(), prefix, inputs);
    }

    /// Replaces the kept inputs by the smallest set that reaches as much.
    private int keep(Targets target, Path inputs, Path findings) throws Exception {
        Path kept = work.resolve(target.label() + "-kept");
        deleteAll(kept);
        Files.createDirectories(kept);
        int exitCode = jazzer(target.label(), findings,
                List.of("-merge=1", "-use_counters=0", kept.toString(), inputs.toString()));
        List<byte[]> smallest = Corpus.readFiles(kept);
        if (exitCode == 0 && !smallest.isEmpty()) {
            Corpus.write(Corpus.packOf(corpus, target), smallest);
            System.out.println(target.label() + ": " + smallest.size() + " inputs are kept");
        }
        return exitCode;
    }

    private int jazzer(String name, Path findings, List<String> options) throws IOException, InterruptedException {
        int maxBytes = 1 + (name.equals(JazzerEntry.ALL)
                ? Stream.of(Targets.values()).mapToInt(target -> target.make().maxInputBytes()).max().orElseThrow()
                : Targets.of(name).make().maxInputBytes());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(), HEAP, "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
                classPath, "com.code_intelligence.jazzer.Jazzer", "--target_class=" + JazzerEntry.class.getName(),
                "--target_args=" + name,
                "--instrumentation_includes=" + (name.equals(JazzerEntry.ALL) ? OURS : OURS + LIBRARIES),
                "--disabled_hooks=" + NOT_WANTED, "--reproducer_path=" + findings, "-artifact_prefix=" + findings + "/",
                "-max_len=" + maxBytes,
                "-timeout=" + INPUT_LIMIT_SECONDS, "-rss_limit_mb=" + RESIDENT_LIMIT_MIB, "-print_final_stats=1"));
        command.addAll(options);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
